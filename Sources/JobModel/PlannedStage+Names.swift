extension PlannedStage {
  /// A parameter that names output files.
  package struct NameParameter: Hashable, Sendable {
    package var parameter: String
    package var template: NameTemplate
  }

  /// The parameters that name output files, sorted by their names; those that are no template are left out.
  package var nameTemplates: [NameParameter] {
    description.parameters(with: .template).compactMap { name in
      guard let text = parameters[name]?.stringValue, let template = try? NameTemplate(text) else {
        return nil
      }
      return NameParameter(parameter: name, template: template)
    }
  }
}

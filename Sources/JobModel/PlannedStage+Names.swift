extension PlannedStage {
  /// A parameter that names output files.
  package struct NameParameter: Hashable, Sendable {
    package var parameter: String
    package var template: NameTemplate
  }

  /// The parameters that name output files, sorted by their names; those that are no template are left out.
  package var nameTemplates: [NameParameter] {
    let properties = description.parameterSchema["properties"]?.objectValue ?? [:]
    return properties.sorted { $0.key < $1.key }.compactMap { name, schema in
      guard schema["x-lattice-template"]?.boolValue == true,
        let text = parameters[name]?.stringValue, let template = try? NameTemplate(text)
      else { return nil }
      return NameParameter(parameter: name, template: template)
    }
  }
}

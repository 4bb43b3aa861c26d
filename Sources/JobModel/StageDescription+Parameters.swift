/// What a stage's schema says of a parameter beyond its values, with a keyword of Lattice's own.
package enum ParameterTrait: String, Sendable {
  /// The name of an output with placeholders in braces.
  case template = "x-lattice-template"
  /// A template that may be empty, which says that there is no file.
  case mayBeEmpty = "x-lattice-may-be-empty"
  /// A file or folder that is read.
  case path = "x-lattice-path"
  /// A file or folder that is read and whose relative path is seen from each item's own folder.
  case besideItems = "x-lattice-beside-items"
}

extension StageDescription {
  /// Names of the parameters with a trait, sorted.
  package func parameters(with trait: ParameterTrait) -> [String] {
    let properties = parameterSchema["properties"]?.objectValue ?? [:]
    return properties.filter { $0.value[trait.rawValue] == .bool(true) }.keys.sorted()
  }
}

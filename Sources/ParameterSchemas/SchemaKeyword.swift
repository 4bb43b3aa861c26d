/// The keywords of JSON Schema 2020-12 that are checked, and those that only describe.
///
/// Any other is refused when a plugin is loaded, so that what a schema says is what is checked. `lattice_stage.h` lists
/// them too.
package enum SchemaKeyword: String, CaseIterable, Sendable {
  // What values may be.
  case type, `enum`, const
  case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
  case minLength, maxLength
  case items, prefixItems, contains, minContains, maxContains, minItems, maxItems, uniqueItems
  case properties, required, additionalProperties, propertyNames, minProperties, maxProperties
  case dependentRequired, dependentSchemas
  case allOf, anyOf, oneOf, not, `if`, then, `else`
  // What they mean.
  case schema = "$schema"
  case comment = "$comment"
  case title, description, `default`, examples, deprecated
  // What Lattice makes of them.
  case template = "x-lattice-template"
  case mayBeEmpty = "x-lattice-may-be-empty"
  case path = "x-lattice-path"
  case besideItems = "x-lattice-beside-items"

  /// True for keywords of Lattice's own, which belong to a text among the root's `properties`.
  var isOwn: Bool { rawValue.hasPrefix("x-lattice-") }
}

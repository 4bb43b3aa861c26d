package import JobModel

/// What is wrong with a value, and where in it.
package struct SchemaFault: Hashable, Sendable {
  /// A step from a value to one inside it.
  package enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  /// How many there may be.
  package struct Count: Hashable, Sendable {
    package var least: Int
    /// Nil for any number.
    package var most: Int?

    func contains(_ count: Int) -> Bool { count >= least && count <= most ?? count }
  }

  package enum Kind: Hashable, Sendable {
    case type(Set<SchemaType>)
    /// It is none of these.
    case choice([JSONValue])
    /// Each of these is a bound, and one is not kept.
    case range([NumberRules.Bound])
    /// NaN or an infinity, which JSON does not have.
    case notFinite
    case multiple(of: JSONValue)
    /// Unicode scalars of a text.
    case length(Int, Count)
    case entries(Int, Count)
    /// Two entries are the same.
    case twice(JSONValue)
    /// How many entries fit `contains`.
    case matches(Int, Count)
    case members(Int, Count)
    /// The last step of the path is a key that is not allowed beside these.
    case unknown(known: [String])
    /// The last step of the path is a key that is missing; because of another key, if one is given.
    case missing(because: String?)
    /// A key that is not allowed as such.
    case name
    /// None of the forms of `anyOf` or `oneOf` fits, each for its first reason.
    case noForm([SchemaFault])
    /// More than one form of `oneOf` fits.
    case severalForms(Int)
    /// `not`, or the schema `false`.
    case forbidden
  }

  package var path: [Step]
  /// The value at the path; that around it when a key is missing.
  package var value: JSONValue
  package var kind: Kind
  /// What the schema says the value is for.
  package var doc: String?
}

extension SchemaFault {
  /// `levels[1].size`; empty for the whole.
  package var name: String { Self.name(of: path) }

  /// A path as text, such as `levels[1].size`.
  package static func name(of path: [Step]) -> String {
    path.reduce("") { text, step in
      switch step {
      case .key(let key): text.isEmpty ? key : "\(text).\(key)"
      case .index(let index): "\(text)[\(index)]"
      }
    }
  }
}

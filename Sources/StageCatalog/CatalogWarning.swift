/// Something about the plugins there are that a user should know of.
package struct CatalogWarning: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Two plugins have the same stage, and not the same code.
    case twice
    /// Two plugins are one: the same bytes under two names.
    case copy
    /// A stage that comes with Lattice gives way to a newer one of another plugin.
    case newer
    /// Anybody on the machine can change what is loaded.
    case writable
  }

  package var kind: Kind
  /// A sentence without a full stop.
  package var text: String
  /// Ids of the stages it is about.
  package var stages: Set<String>

  package init(_ kind: Kind, _ text: String, stages: Set<String>) {
    self.kind = kind
    self.text = text
    self.stages = stages
  }
}

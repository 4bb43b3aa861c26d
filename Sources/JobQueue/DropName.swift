/// Which names in `incoming/` are specs.
package enum DropName {
  /// Largest spec, bytes.
  package static let sizeLimit = 1 << 20

  /// True for a name that a spec may have: ends in `.yaml` or `.yml`, is no hidden or unfinished file.
  package static func isSpec(_ name: String) -> Bool {
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml"), !name.hasPrefix("."),
      name.utf8.count <= 200
    else { return false }
    return !["~", ".tmp", ".part", ".swp", ".crdownload"].contains { name.hasSuffix($0) }
  }

  /// File beside a drop that says what folder its relative paths are meant from; hidden, so never taken for a spec.
  package static func companion(of name: String) -> String { ".\(name).meta.json" }
}

/// What `lattice submit` says of a spec it hands in.
package struct DropOrigin: Codable, Hashable, Sendable {
  /// Absolute folder that relative paths of the spec are resolved against.
  package var base: String
  package var submitter: String
  /// The name the spec was handed in under, by which its submitter finds the job.
  package var handedInAs: String?

  package init(base: String, submitter: String) {
    self.base = base
    self.submitter = submitter
  }
}

package import FileNames

/// Which names in `incoming/` are specs.
package enum DropName {
  /// Largest spec, bytes.
  package static let sizeLimit = 1 << 20
  /// Longest name of a spec, bytes: with what is put before and after it, it still is a file's name.
  package static let lengthLimit = 200

  /// True for a name that a spec may have: ends in `.yaml` or `.yml`, is no hidden or unfinished file.
  package static func isSpec(_ name: String) -> Bool {
    isMeantAsSpec(FileName(name)) && fault(in: FileName(name)) == nil
  }

  /// True for a name by which a file is handed in, whether it will do or not; a hidden file is not handed in yet.
  package static func isMeantAsSpec(_ name: FileName) -> Bool {
    (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !name.hasPrefix(".")
  }

  /// Why a spec can't have a name.
  package enum Fault: Hashable, Sendable {
    case hidden
    case tooLong(Int)
    case notUnicode

    /// A sentence for whoever chose the name.
    package var message: String {
      switch self {
      case .hidden:
        "a name that begins with a dot is of a file that is not finished; give the spec another name"
      case .tooLong(let count):
        "the name has \(count) bytes, a spec's at most \(DropName.lengthLimit); give the spec a shorter name"
      case .notUnicode: "the name is not UTF-8; give the spec another name"
      }
    }
  }

  /// Why a spec can't have this name, or nil when it can.
  package static func fault(in name: FileName) -> Fault? {
    if name.hasPrefix(".") { return .hidden }
    if name.text == nil { return .notUnicode }
    if name.bytes.count > lengthLimit { return .tooLong(name.bytes.count) }
    return nil
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

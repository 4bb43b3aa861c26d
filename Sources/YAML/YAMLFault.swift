/// Why bytes are not a document this project reads.
package struct YAMLFault: Error, Hashable, Sendable {
  /// Stable names; what a fault is about.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The text is no YAML; it may still be being written.
    case syntax
    case encoding
    case tooLarge
    case tooDeep
    case tooManyNodes
    case empty
    case severalDocuments
    case duplicateKey
    case keyNotText
    case mergeKey
    case unknownAlias
    case unknownTag
    /// Something that looks like a space, a quote or nothing, and is none.
    case oddCharacter
  }

  package var kind: Kind
  /// A sentence for a person, with what to do.
  package var message: String
  package var mark: SourceMark?
  /// A second place, such as the first of two equal keys.
  package var other: SourceMark?

  package init(
    _ kind: Kind, _ message: String, at mark: SourceMark?, other: SourceMark? = nil
  ) {
    self.kind = kind
    self.message = message
    self.mark = mark
    self.other = other
  }
}

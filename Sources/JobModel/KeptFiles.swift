/// Files of the spool's store that a job was planned with.
package struct KeptFiles: Codable, Hashable, Sendable {
  /// Absolute folder of the store's entry.
  package var entry: String
  /// The file in its content; nil for all of it, a folder.
  package var name: String?

  package init(entry: String, name: String?) {
    self.entry = entry
    self.name = name
  }
}

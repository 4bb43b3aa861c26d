/// Where a job publishes the model it makes: `FOLDER/NAME/VERSION/`.
package struct ModelDestination: Codable, Hashable, Sendable {
  package var name: String
  /// Nil takes the whole number after the highest there is.
  package var version: String?
  /// Absolute folder of models.
  package var folder: String

  package init(name: String, version: String?, folder: String) {
    self.name = name
    self.version = version
    self.folder = folder
  }

  /// Folder of a version.
  package func path(version: String) -> String { "\(folder)/\(name)/\(version)" }

  package func reference(version: String) -> String { "\(name)@\(version)" }

  /// Where the job fills the model before it is published; hidden, and on the same disk.
  package func staging(job: String) -> String { "\(folder)/.new-\(job)" }

  /// True for what can be a version: letters, digits, '.', '-' and '_', at most 64, a letter or digit first.
  package static func isVersion(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
  }
}

/// What a job writes down before it publishes a model, so that doing it again publishes nothing more.
package struct ModelPublication: Codable, Hashable, Sendable {
  package var version: String
  /// Digest of the MANIFEST, 64 hexadecimal digits.
  package var manifestSHA256: String

  package init(version: String, manifestSHA256: String) {
    self.version = version
    self.manifestSHA256 = manifestSHA256
  }
}

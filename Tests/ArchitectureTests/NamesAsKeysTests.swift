import Foundation
import Testing

/// Swift's texts are equal when they look the same, files' names when their bytes are: what is looked up or compared by a
/// path is a `FileName`.
@Suite struct NamesAsKeysTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Lines that are right as they are, each with the reason.
  private static let exceptions = [
    // Names of tensors' files that a model's own list has, all of them ASCII.
    "private let files: [String: String]"
  ]

  @Test(arguments: ["Sources", "Plugins"]) func pathsAreNoTextsWhereTheyAreCompared(side: String)
    throws
  {
    let keyed =
      /\b\w*([pP]aths?|[fF]iles?|[fF]olders?|[dD]irector(y|ies)|[lL]ibraries|[wW]atched|[mM]oved|[mM]ovedIn)\b\s*(:|=)\s*(inout )?(Set<String>|\[String:)/
    let compared =
      /\b\w*([pP]ath|[fF]older|[dD]irectory)\b (==|!=) \w*([pP]ath|[fF]older|[dD]irectory)\b/
    let base = Self.root.appending(path: side)
    let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(found) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains(keyed) || line.contains(compared)
      {
        let code = line.trimmingCharacters(in: .whitespaces)
        if code.hasPrefix("//") || Self.exceptions.contains(code) || code.contains("FileName") {
          continue
        }
        if Self.comparesNames(in: text) { continue }
        Issue.record("\(file.lastPathComponent) compares paths as texts: \(code)")
      }
    }
  }

  /// True for a file all of whose paths are `FileName`s.
  private static func comparesNames(in text: String) -> Bool {
    text.contains(/path: FileName|folder: FileName|base: FileName/)
      && !text.contains(/path: String|folder: String/)
  }
}

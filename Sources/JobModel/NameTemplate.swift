package import FileNames

/// The name of an output file, relative to the output folder, with `{item.…}` and `{job.…}` to fill in.
package struct NameTemplate: Hashable, Sendable {
  /// What may stand in braces.
  package enum Placeholder: String, Hashable, Sendable, CaseIterable {
    /// Path of the item below the input folder, with extension.
    case itemID = "item.id"
    /// File name without extension.
    case itemStem = "item.stem"
    /// File name with extension.
    case itemName = "item.name"
    /// Extension without the dot.
    case itemExtension = "item.ext"
    /// Folder of the item below the input folder; nothing at the top, and then its slash goes too.
    case itemDirectory = "item.dir"
    /// Place in the job, six digits from 000000.
    case itemNumber = "item.number"
    case jobID = "job.id"
    case jobName = "job.name"

    package var isOfItem: Bool { rawValue.hasPrefix("item.") }
  }

  private enum Piece: Hashable, Sendable {
    case text(String)
    case placeholder(Placeholder)
  }

  /// Bytes of the longest name with its folders.
  package static let longestName = 1024
  /// Bytes of the longest part between two slashes, as file systems have it.
  package static let longestPart = 255

  /// As it was written.
  package let text: String
  private let pieces: [Piece]

  /// Takes a template apart.
  ///
  /// - Throws: ``NameTemplateError`` when a brace or a placeholder is wrong, or the fixed text leads elsewhere.
  package init(_ text: String) throws(NameTemplateError) {
    self.text = text
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
        throw .unbalanced(template: text)
      }
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      let name = String(rest[rest.index(after: open)..<close])
      guard let placeholder = Placeholder(rawValue: name) else {
        throw .unknownPlaceholder(name, template: text)
      }
      pieces.append(.placeholder(placeholder))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.pieces = pieces
    try Self.requireConfined(FileName(text), template: text)
  }

  /// True when names differ from item to item.
  package var dependsOnItem: Bool {
    pieces.contains {
      if case .placeholder(let placeholder) = $0 { placeholder.isOfItem } else { false }
    }
  }

  /// The name for an item of a job.
  ///
  /// - Parameters:
  ///   - item: The item; nil for a file of the whole stage.
  ///   - jobID: As in the spool; any text for a run without one.
  ///   - jobName: The pipeline's name.
  /// - Returns: A relative path of plain components.
  /// - Throws: ``NameTemplateError`` when an item is needed and there is none, or the result can't be a name.
  package func expanded(
    item: Item?, jobID: String, jobName: String
  ) throws(NameTemplateError) -> FileName {
    var name: [UInt8] = []
    let slash = FileName.slash
    for piece in pieces {
      switch piece {
      case .text(let text):
        // Where a folder was asked for and there is none, its slash goes too.
        let isAfterNothing = name.isEmpty || name.last == slash
        let bytes = Array(text.utf8)
        name += isAfterNothing && bytes.first == slash ? Array(bytes.dropFirst()) : bytes
      case .placeholder(let placeholder):
        name += try value(placeholder, item, jobID, jobName).bytes
      }
    }
    let result = FileName(bytes: name)
    try Self.requireConfined(result, template: text)
    return result
  }

  private func value(
    _ placeholder: Placeholder, _ item: Item?, _ jobID: String, _ jobName: String
  ) throws(NameTemplateError) -> FileName {
    if placeholder == .jobID { return FileName(jobID) }
    if placeholder == .jobName { return FileName(jobName) }
    guard let item else { throw .needsItem(placeholder.rawValue, template: text) }
    switch placeholder {
    case .itemID: return item.id
    case .itemName: return item.id.lastComponent
    case .itemStem: return item.id.stem
    case .itemExtension: return item.id.pathExtension
    case .itemDirectory:
      return item.id.bytes.contains(FileName.slash) ? item.id.parent : ""
    case .itemNumber:
      let digits = String(item.number)
      return FileName(String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
    case .jobID, .jobName: return ""
    }
  }

  /// Refuses names that are absolute, climb, or hold what no file name should.
  private static func requireConfined(
    _ name: FileName, template: String
  ) throws(NameTemplateError) {
    guard !name.isEmpty else { throw .empty(template: template) }
    guard name.bytes.count <= longestName else {
      throw .tooLong(name, bytes: name.bytes.count, template: template)
    }
    guard name.bytes.first != FileName.slash || template.hasPrefix("{item.dir}") else {
      throw .absolute(name, template: template)
    }
    for part in name.bytes.split(separator: FileName.slash, omittingEmptySubsequences: false) {
      if part.elementsEqual("..".utf8) || part.elementsEqual(".".utf8) {
        throw .climbs(name, template: template)
      }
      if part.isEmpty { throw .emptyPart(name, template: template) }
      if part.count > longestPart {
        throw .longPart(FileName(bytes: part), bytes: part.count, template: template)
      }
      if let control = part.first(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw .controlCharacter(name, control, template: template)
      }
    }
  }
}

/// Why a name can't be given to an output.
package enum NameTemplateError: Error, Hashable, CustomStringConvertible {
  case unbalanced(template: String)
  case unknownPlaceholder(String, template: String)
  case needsItem(String, template: String)
  case absolute(FileName, template: String)
  case climbs(FileName, template: String)
  case emptyPart(FileName, template: String)
  case longPart(FileName, bytes: Int, template: String)
  case controlCharacter(FileName, UInt8, template: String)
  case empty(template: String)
  case tooLong(FileName, bytes: Int, template: String)

  package var description: String {
    switch self {
    case .unbalanced(let template):
      """
      the name '\(template.shown)' has a brace without its partner; placeholders look like {item.stem}
      """
    case .unknownPlaceholder(let name, let template):
      """
      the name '\(template.shown)' has an unknown placeholder '{\(name.shown)}'; there are \
      \(NameTemplate.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", "))
      """
    case .needsItem(let name, let template):
      """
      the name '\(template.shown)' is of a file for the whole stage, so '{\(name)}' has nothing to stand for
      """
    case .empty(let template): "the name '\(template.shown)' is empty"
    case .absolute(let name, let template):
      """
      the name \(Self.quoted(name, template)) is absolute; names are relative to the job's output folder, \
      which 'output: { dir: … }' sets
      """
    case .climbs(let name, let template):
      """
      the name \(Self.quoted(name, template)) leads out of the output folder; '.' and '..' are not allowed
      """
    case .emptyPart(let name, let template):
      "the name \(Self.quoted(name, template)) has an empty part between two slashes"
    case .longPart(let part, let bytes, let template):
      """
      the name \(Self.quoted(part, template)) has \(bytes) bytes, and a file name at most \
      \(NameTemplate.longestPart); use {item.number}, or a shorter name
      """
    case .controlCharacter(let name, let byte, let template):
      """
      the name \(Self.quoted(name, template)) has the control character U+00\(byte < 16 ? "0" : "")\
      \(String(byte, radix: 16, uppercase: true)); use {item.number}, or rename the file
      """
    case .tooLong(let name, let bytes, let template):
      """
      the name \(Self.quoted(name, template)) has \(bytes) bytes, and one with its folders at most \
      \(NameTemplate.longestName); use {item.number}, or a shorter name
      """
    }
  }

  /// The name, and the template it came from where they differ; the middle of a long one is left out.
  private static func quoted(_ name: FileName, _ template: String) -> String {
    let whole = name.shown
    let text = whole.count <= 80 ? whole : "\(whole.prefix(30))…\(whole.suffix(20))"
    return name == FileName(template) ? "'\(text)'" : "'\(text)' (from '\(template.shown)')"
  }
}

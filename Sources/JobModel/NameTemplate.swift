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
    try Self.requireConfined(text, template: text)
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
  /// - Throws: ``NameTemplateError`` when an item is needed and there is none, or the result leads elsewhere.
  package func expanded(
    item: Item?, jobID: String, jobName: String
  ) throws(NameTemplateError) -> String {
    var name = ""
    for piece in pieces {
      switch piece {
      case .text(let text):
        name += name.isEmpty && text.hasPrefix("/") ? String(text.dropFirst()) : text
      case .placeholder(let placeholder):
        name += try value(placeholder, item, jobID, jobName)
      }
    }
    try Self.requireConfined(name, template: text)
    return name
  }

  private func value(
    _ placeholder: Placeholder, _ item: Item?, _ jobID: String, _ jobName: String
  ) throws(NameTemplateError) -> String {
    if placeholder == .jobID { return jobID }
    if placeholder == .jobName { return jobName }
    guard let item else { throw .needsItem(placeholder.rawValue, template: text) }
    let slash = item.id.lastIndex(of: "/")
    let name = slash.map { String(item.id[item.id.index(after: $0)...]) } ?? item.id
    let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
    switch placeholder {
    case .itemID: return item.id
    case .itemName: return name
    case .itemStem: return dot.map { String(name[..<$0]) } ?? name
    case .itemExtension: return dot.map { String(name[name.index(after: $0)...]) } ?? ""
    case .itemDirectory: return slash.map { String(item.id[..<$0]) } ?? ""
    case .itemNumber:
      let digits = String(item.number)
      return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    case .jobID, .jobName: return ""
    }
  }

  /// Refuses names that are absolute, climb, or hold what no file name should.
  private static func requireConfined(
    _ name: String, template: String
  ) throws(NameTemplateError) {
    guard !name.isEmpty, name.utf8.count <= 1024 else { throw .badLength(name, template: template) }
    guard !name.hasPrefix("/") || template.hasPrefix("{item.dir}") else {
      throw .absolute(name, template: template)
    }
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    for component in components {
      if component == ".." || component == "." { throw .climbs(name, template: template) }
      guard !component.isEmpty, component.utf8.count <= 255,
        !component.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
      else { throw .badComponent(name, template: template) }
    }
  }
}

/// Why a name can't be given to an output.
package enum NameTemplateError: Error, Hashable, CustomStringConvertible {
  case unbalanced(template: String)
  case unknownPlaceholder(String, template: String)
  case needsItem(String, template: String)
  case absolute(String, template: String)
  case climbs(String, template: String)
  case badComponent(String, template: String)
  case badLength(String, template: String)

  package var description: String {
    switch self {
    case .unbalanced(let template):
      "the name '\(template)' has a brace without its partner; placeholders look like {item.stem}"
    case .unknownPlaceholder(let name, let template):
      """
      the name '\(template)' has an unknown placeholder '{\(name)}'; there are \
      \(NameTemplate.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", "))
      """
    case .needsItem(let name, let template):
      "the name '\(template)' is of a file for the whole stage, so '{\(name)}' has nothing to stand for"
    case .absolute(let name, let template):
      """
      the name '\(name)' (from '\(template)') is absolute; names are relative to the job's output folder, \
      which 'output: { dir: … }' sets
      """
    case .climbs(let name, let template):
      "the name '\(name)' (from '\(template)') leads out of the output folder; '.' and '..' are not allowed"
    case .badComponent(let name, let template):
      """
      the name '\(name)' (from '\(template)') has an empty part, a part over 255 bytes or a control character
      """
    case .badLength(let name, let template):
      name.isEmpty
        ? "the name '\(template)' is empty" : "the name from '\(template)' is over 1024 bytes long"
    }
  }
}

import CYAML
import FileNames

/// Composes one YAML document, keeping the place of every node and key.
///
/// Plain scalars are resolved by the YAML 1.2 core schema, with booleans `true` and `false` alone: `yes`, `no`,
/// `on`, `off` and base-60 numbers are text. Duplicate keys, merge keys and foreign tags are faults.
package struct YAMLComposer {
  package static let largestDocument = 1 << 20
  package static let deepest = 64
  /// Nodes in all, each expansion of an alias counted.
  package static let mostNodes = 100_000
  /// What some editors put before the text; it is skipped.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// What was composed; faults other than syntax leave the rest of the document readable.
  package struct Result: Sendable {
    package var root: YAMLNode?
    package var faults: [YAMLFault]
  }

  /// Reads a document.
  ///
  /// - Parameter bytes: UTF-8 text, at most ``largestDocument`` bytes.
  /// - Returns: The root, if the text could be read, and every fault found.
  package static func compose(_ bytes: [UInt8]) -> Result {
    let bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
    if let fault = encodingFault(bytes) { return Result(root: nil, faults: [fault]) }
    var composer = YAMLComposer()
    do throws(YAMLFault) {
      let root = try composer.document(bytes)
      // What follows from such a character would be told as faults of its own.
      let odd = composer.faults.filter { $0.kind == .oddCharacter }
      guard odd.isEmpty else { return Result(root: nil, faults: odd) }
      return Result(root: root, faults: composer.faults)
    } catch {
      let odd = composer.faults.filter { $0.kind == .oddCharacter }
      guard odd.isEmpty else { return Result(root: nil, faults: odd) }
      return Result(root: nil, faults: composer.faults + [explained(error, bytes)])
    }
  }

  /// A syntax fault whose line holds a character that the parser takes for another than the author does.
  private static func explained(_ fault: YAMLFault, _ bytes: [UInt8]) -> YAMLFault {
    guard fault.kind == .syntax else { return fault }
    let lines = String(decoding: bytes, as: UTF8.self).unicodeScalars
      .split(omittingEmptySubsequences: false) { $0 == "\n" }
    for mark in [fault.mark, fault.other].compactMap(\.self)
    where lines.indices.contains(mark.line - 1) {
      guard let odd = OddCharacter.first(in: lines[mark.line - 1]) else { continue }
      return YAMLFault(
        .syntax, odd.sentence, at: SourceMark(line: mark.line, column: odd.column))
    }
    return fault
  }

  private var faults: [YAMLFault] = []
  private var anchors: [String: Anchored] = [:]
  private var nodeCount = 0

  private struct Anchored {
    var node: YAMLNode
    var nodeCount: Int
    var height: Int
  }

  private static func encodingFault(_ bytes: [UInt8]) -> YAMLFault? {
    guard bytes.count <= largestDocument else {
      return YAMLFault(
        .tooLarge,
        "the file has \(bytes.count) bytes, a spec at most \(largestDocument); name many files in a text file, with 'list'",
        at: nil)
    }
    if let offset = firstInvalid(bytes) {
      return YAMLFault(
        .encoding, "the text is not UTF-8; save the file as UTF-8",
        at: SourceMark(ofByte: offset, in: bytes))
    }
    if let (odd, mark) = OddCharacter.hiddenBreak(in: bytes) {
      return YAMLFault(.oddCharacter, odd.sentence, at: mark)
    }
    if let offset = bytes.firstIndex(of: 0) {
      return YAMLFault(
        .encoding,
        "the text holds a NUL character, which no text file does; write it anew as UTF-8",
        at: SourceMark(ofByte: offset, in: bytes))
    }
    return nil
  }

  /// Where the text stops being UTF-8; nil when all of it is.
  private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    return offset
  }

  private mutating func document(_ bytes: [UInt8]) throws(YAMLFault) -> YAMLNode {
    let events = try YAMLEvents(bytes)
    defer { withExtendedLifetime(events) {} }
    _ = try events.next()  // the stream's start
    guard case .documentStart = try events.next() else {
      throw YAMLFault(.empty, "the file is empty; a spec starts with 'version: 1'", at: nil)
    }
    let root = try node(try events.next(), events, depth: 0)
    _ = try events.next()  // the document's end
    if case .documentStart(let mark) = try events.next() {
      throw YAMLFault(
        .severalDocuments,
        "a second document starts here, and a file holds one spec; put it into a file of its own",
        at: mark)
    }
    if case .null = root.content {
      throw YAMLFault(.empty, "the file is empty; a spec starts with 'version: 1'", at: nil)
    }
    return root
  }

  private mutating func node(
    _ event: YAMLEvents.Event, _ events: YAMLEvents, depth: Int
  ) throws(YAMLFault) -> YAMLNode {
    nodeCount += 1
    try checkSize(at: event.mark, depth: depth)
    let before = nodeCount
    switch event {
    case .alias(let name, let mark):
      return try expand(name, mark, depth: depth)
    case .scalar(let scalar):
      let node = YAMLNode(content(scalar), at: scalar.mark)
      remember(node, scalar.anchor, before)
      return node
    case .sequenceStart(let anchor, let tag, let mark):
      check(tag, allowed: "tag:yaml.org,2002:seq", mark)
      var items: [YAMLNode] = []
      while true {
        let next = try events.next()
        if case .sequenceEnd = next { break }
        items.append(try node(next, events, depth: depth + 1))
      }
      let node = YAMLNode(.sequence(items), at: mark)
      remember(node, anchor, before)
      return node
    case .mappingStart(let anchor, let tag, let mark):
      check(tag, allowed: "tag:yaml.org,2002:map", mark)
      let node = YAMLNode(.mapping(try pairs(events, depth: depth)), at: mark)
      remember(node, anchor, before)
      return node
    default:
      throw YAMLFault(.syntax, "a value is missing here; write one", at: event.mark)
    }
  }

  private mutating func pairs(
    _ events: YAMLEvents, depth: Int
  ) throws(YAMLFault) -> [YAMLNode.Pair] {
    var pairs: [YAMLNode.Pair] = []
    // Texts are equal by their bytes, as names of files are.
    var seen: [FileName: SourceMark] = [:]
    while true {
      let next = try events.next()
      if case .mappingEnd = next { return pairs }
      let key = try key(next, events, depth: depth)
      let value = try node(try events.next(), events, depth: depth + 1)
      guard let key else { continue }
      let name = FileName(key.value)
      if let first = seen[name] {
        faults.append(
          YAMLFault(
            .duplicateKey, "the key '\(key.value.quotable)' stands twice in one mapping; keep one",
            at: key.mark, other: first))
        continue
      }
      seen[name] = key.mark
      pairs.append(YAMLNode.Pair(key: key, value: value))
    }
  }

  /// The key of a pair; nil, with a fault noted, when it can't be one.
  private mutating func key(
    _ event: YAMLEvents.Event, _ events: YAMLEvents, depth: Int
  ) throws(YAMLFault) -> Marked<String>? {
    guard case .scalar(let scalar) = event else {
      let node = try node(event, events, depth: depth + 1)
      faults.append(
        YAMLFault(
          .keyNotText,
          "a key must be plain text, not a list, a mapping or an alias; quote texts that start with [, { or *",
          at: node.mark))
      return nil
    }
    nodeCount += 1
    check(scalar.tag, allowed: "tag:yaml.org,2002:str", scalar.mark)
    if scalar.text == "<<", scalar.isPlain {
      faults.append(
        YAMLFault(
          .mergeKey,
          "merge keys ('<<') are not supported; write the keys out, or alias whole values",
          at: scalar.mark))
      return nil
    }
    noteMisleading(scalar, isKey: true)
    return Marked(scalar.text, at: scalar.mark)
  }

  /// Notes a character in a text without quotes that makes it another than its author sees.
  private mutating func noteMisleading(_ scalar: YAMLEvents.Scalar, isKey: Bool = false) {
    guard scalar.isPlain,
      let odd = OddCharacter.misleading(scalar.text, from: scalar.mark.column, isKey: isKey)
    else { return }
    faults.append(
      YAMLFault(
        .oddCharacter, odd.sentence, at: SourceMark(line: scalar.mark.line, column: odd.column)))
  }

  private mutating func expand(
    _ name: String, _ mark: SourceMark, depth: Int
  ) throws(YAMLFault) -> YAMLNode {
    guard let anchored = anchors[name] else {
      throw YAMLFault(
        .unknownAlias,
        "the alias '*\(name.quotable)' has no anchor '&\(name.quotable)' before it; add one, or put the text in quotes",
        at: mark)
    }
    nodeCount += anchored.nodeCount
    try checkSize(at: mark, depth: depth + anchored.height)
    return anchored.node
  }

  private func checkSize(at mark: SourceMark?, depth: Int) throws(YAMLFault) {
    guard nodeCount <= Self.mostNodes else {
      throw YAMLFault(
        .tooManyNodes,
        "the document has more than \(Self.mostNodes) values, aliases expanded; use fewer aliases, or name files in a 'list'",
        at: mark)
    }
    guard depth <= Self.deepest else {
      throw YAMLFault(
        .tooDeep, "this is nested more than \(Self.deepest) levels deep; write it flatter", at: mark
      )
    }
  }

  private mutating func remember(_ node: YAMLNode, _ anchor: String?, _ before: Int) {
    guard let anchor else { return }
    anchors[anchor] = Anchored(
      node: node, nodeCount: nodeCount - before, height: Self.height(node))
  }

  /// Levels below a node.
  private static func height(_ node: YAMLNode) -> Int {
    switch node.content {
    case .sequence(let items): 1 + (items.map(height).max() ?? -1)
    case .mapping(let pairs): 1 + (pairs.map { height($0.value) }.max() ?? -1)
    default: 0
    }
  }

  private mutating func check(_ tag: String?, allowed: String, _ mark: SourceMark) {
    guard let tag, tag != allowed, tag != "!" else { return }
    let prefix = "tag:yaml.org,2002:"
    let written = tag.hasPrefix(prefix) ? "!!\(tag.dropFirst(prefix.count))" : tag
    faults.append(
      YAMLFault(
        .unknownTag, "the tag '\(written.quotable)' means nothing here; leave it out", at: mark))
  }

  private mutating func content(_ scalar: YAMLEvents.Scalar) -> YAMLNode.Content {
    let text = "tag:yaml.org,2002:str"
    check(scalar.tag, allowed: text, scalar.mark)
    noteMisleading(scalar)
    let isText = !scalar.isPlain || scalar.tag == text || scalar.tag == "!"
    return isText ? .string(scalar.text) : CoreSchema.resolve(scalar.text)
  }
}

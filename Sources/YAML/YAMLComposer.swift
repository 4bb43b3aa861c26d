import CYAML

/// Composes one YAML document, keeping the place of every node and key.
///
/// Plain scalars are resolved by the YAML 1.2 core schema, with booleans `true` and `false` alone: `yes`, `no`,
/// `on`, `off` and base-60 numbers are text. Duplicate keys, merge keys and foreign tags are faults.
package struct YAMLComposer {
  package static let largestDocument = 1 << 20
  package static let deepest = 64
  /// Nodes in all, each expansion of an alias counted.
  package static let mostNodes = 100_000

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
    if let fault = encodingFault(bytes) { return Result(root: nil, faults: [fault]) }
    var composer = YAMLComposer()
    do throws(YAMLFault) {
      let root = try composer.document(bytes)
      return Result(root: root, faults: composer.faults)
    } catch {
      return Result(root: nil, faults: composer.faults + [error])
    }
  }

  private var faults: [YAMLFault] = []
  private var anchors: [String: YAMLNode] = [:]
  private var nodeCounts: [String: Int] = [:]
  private var nodeCount = 0

  private static func encodingFault(_ bytes: [UInt8]) -> YAMLFault? {
    guard bytes.count <= largestDocument else {
      return YAMLFault(
        .tooLarge, "the file has \(bytes.count) bytes; a spec has at most 1 MiB", at: nil)
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      let line = 1 + validPrefix(bytes).count { $0 == UInt8(ascii: "\n") }
      return YAMLFault(
        .encoding, "the text is not UTF-8; save the file as UTF-8",
        at: SourceMark(line: line, column: 1))
    }
    if let position = bytes.firstIndex(of: 0) {
      let line = 1 + bytes[..<position].count { $0 == UInt8(ascii: "\n") }
      return YAMLFault(
        .encoding, "the text holds a NUL character; it is no text file",
        at: SourceMark(line: line, column: 1))
    }
    return nil
  }

  /// The bytes before the first that is not UTF-8.
  private static func validPrefix(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var low = 0
    var high = bytes.count
    while low + 4 < high {
      let middle = (low + high) / 2
      let isValid = (0..<4).contains {
        String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil
      }
      if isValid { low = middle } else { high = middle }
    }
    return bytes[..<low]
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
        .severalDocuments, "a second document starts here; a spec is one document to a file",
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
    guard nodeCount <= Self.mostNodes else {
      throw YAMLFault(
        .tooManyNodes, "the document has more than \(Self.mostNodes) nodes, aliases expanded",
        at: event.mark)
    }
    guard depth <= Self.deepest else {
      throw YAMLFault(
        .tooDeep, "this is nested more than \(Self.deepest) levels deep", at: event.mark)
    }
    let before = nodeCount
    switch event {
    case .alias(let name, let mark):
      return try expand(name, mark)
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
      throw YAMLFault(.syntax, "a value is missing here", at: event.mark)
    }
  }

  private mutating func pairs(
    _ events: YAMLEvents, depth: Int
  ) throws(YAMLFault) -> [YAMLNode.Pair] {
    var pairs: [YAMLNode.Pair] = []
    var seen: [String: SourceMark] = [:]
    while true {
      let next = try events.next()
      if case .mappingEnd = next { return pairs }
      let key = try key(next, events, depth: depth)
      let value = try node(try events.next(), events, depth: depth + 1)
      guard let key else { continue }
      if let first = seen[key.value] {
        faults.append(
          YAMLFault(
            .duplicateKey, "the key '\(key.value)' stands twice; only one can be meant",
            at: key.mark, other: first))
        continue
      }
      seen[key.value] = key.mark
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
          .keyNotText, "a key must be plain text; this one is a list, a mapping or an alias",
          at: node.mark))
      return nil
    }
    nodeCount += 1
    if scalar.text == "<<", scalar.isPlain {
      faults.append(
        YAMLFault(
          .mergeKey,
          "merge keys ('<<') are not supported; write the keys out, or alias whole values",
          at: scalar.mark))
      return nil
    }
    return Marked(scalar.text, at: scalar.mark)
  }

  private mutating func expand(_ name: String, _ mark: SourceMark) throws(YAMLFault) -> YAMLNode {
    guard let node = anchors[name] else {
      throw YAMLFault(
        .unknownAlias, "the alias '*\(name)' has no anchor '&\(name)' before it", at: mark)
    }
    nodeCount += nodeCounts[name] ?? 0
    guard nodeCount <= Self.mostNodes else {
      throw YAMLFault(
        .tooManyNodes, "the document has more than \(Self.mostNodes) nodes, aliases expanded",
        at: mark)
    }
    return node
  }

  private mutating func remember(_ node: YAMLNode, _ anchor: String?, _ before: Int) {
    guard let anchor else { return }
    anchors[anchor] = node
    nodeCounts[anchor] = nodeCount - before
  }

  private mutating func check(_ tag: String?, allowed: String, _ mark: SourceMark) {
    guard let tag, tag != allowed else { return }
    faults.append(
      YAMLFault(.unknownTag, "the tag '\(tag)' means nothing here; leave it out", at: mark))
  }

  private mutating func content(_ scalar: YAMLEvents.Scalar) -> YAMLNode.Content {
    if let tag = scalar.tag {
      let known = "tag:yaml.org,2002:str"
      if tag == known || tag == "!" { return .string(scalar.text) }
      faults.append(
        YAMLFault(
          .unknownTag, "the tag '\(tag)' means nothing here; leave it out", at: scalar.mark))
    }
    return scalar.isPlain ? CoreSchema.resolve(scalar.text) : .string(scalar.text)
  }
}

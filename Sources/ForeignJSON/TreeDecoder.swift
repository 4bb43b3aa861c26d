/// Decodes values of a JSON tree.
struct TreeDecoder: Decoder {
  let tree: JSONTree
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ tree: JSONTree, _ path: [any CodingKey]) {
    self.tree = tree
    codingPath = path
  }

  func container<Key: CodingKey>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = tree.content else { throw wrong("an object") }
    return KeyedDecodingContainer(MemberDecoder(owner: self, members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let elements) = tree.content else { throw wrong("a list") }
    return ElementDecoder(owner: self, elements: elements)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  /// The fault of this value.
  func wrong(_ expected: String, found: String? = nil) -> JSONFault {
    JSONFault(
      byte: tree.byte, expected: expected, found: found ?? tree.excerpt,
      key: Self.key(codingPath), isSyntax: false)
  }

  /// What a type's own decoding finds fault with, such as a word that is none of its cases.
  static func fault(_ error: DecodingError, in tree: JSONTree) -> JSONFault {
    let context: DecodingError.Context? =
      switch error {
      case .dataCorrupted(let context), .keyNotFound(_, let context),
        .typeMismatch(_, let context), .valueNotFound(_, let context):
        context
      @unknown default: nil
      }
    let path = context?.codingPath ?? []
    let place = tree.descendant(path[...])
    return JSONFault(
      byte: place.byte, expected: "a value that is known here", found: place.excerpt,
      key: key(path), isSyntax: false)
  }

  static func key(_ path: [any CodingKey]) -> String {
    JSONStep.key(path.map { $0.intValue.map(JSONStep.index) ?? .name($0.stringValue) })
  }
}

extension JSONTree {
  /// The value at the end of a path, or the last that is there.
  fileprivate func descendant(_ path: ArraySlice<any CodingKey>) -> JSONTree {
    guard let key = path.first else { return self }
    switch content {
    case .object(let members):
      return members[key.stringValue]?.descendant(path.dropFirst()) ?? self
    case .list(let elements):
      guard let index = key.intValue, elements.indices.contains(index) else { return self }
      return elements[index].descendant(path.dropFirst())
    default: return self
    }
  }
}

/// The place of an element.
struct ElementKey: CodingKey {
  let index: Int

  init(_ index: Int) { self.index = index }
  init?(intValue: Int) { index = intValue }
  init?(stringValue: String) { nil }

  var intValue: Int? { index }
  var stringValue: String { "\(index)" }
}

extension TreeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool {
    if case .null = tree.content { true } else { false }
  }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .flag(let flag) = tree.content else { throw wrong("true or false") }
    return flag
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .text(let text) = tree.content else { throw wrong("a text") }
    return text
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard case .number(let word) = tree.content, let number = Double(word), number.isFinite else {
      throw wrong("a number")
    }
    return number
  }

  func decode(_ type: Float.Type) throws -> Float {
    let number = Float(try decode(Double.self))
    guard number.isFinite else {
      throw wrong("a number of at most \(Float.greatestFiniteMagnitude)")
    }
    return number
  }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let whole = type as? any FixedWidthInteger.Type, let value = try integer(whole) as? Value {
      return value
    }
    switch type {
    case is Bool.Type: if let value = try decode(Bool.self) as? Value { return value }
    case is String.Type: if let value = try decode(String.self) as? Value { return value }
    case is Double.Type: if let value = try decode(Double.self) as? Value { return value }
    case is Float.Type: if let value = try decode(Float.self) as? Value { return value }
    default: break
    }
    return try Value(from: self)
  }

  func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

  private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    guard case .number(let word) = tree.content else { throw wrong("a whole number") }
    if let number = Number(word) { return number }
    guard let number = JSONReader.wholeNumber(word) else { throw wrong("a whole number") }
    guard let fitting = Number(exactly: number) else {
      throw wrong("a whole number of \(Number.min) to \(Number.max)")
    }
    return fitting
  }
}

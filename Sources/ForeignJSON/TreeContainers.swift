/// The members of an object.
struct MemberDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let owner: TreeDecoder
  let members: [String: JSONTree]

  var codingPath: [any CodingKey] { owner.codingPath }
  var allKeys: [Key] { members.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).decode(type)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> { try member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { owner }
  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

  private func member(_ key: Key) throws -> TreeDecoder {
    guard let tree = members[key.stringValue] else {
      throw owner.wrong("an object with the key '\(key.stringValue)'", found: "one without")
    }
    return TreeDecoder(tree, codingPath + [key])
  }
}

/// The elements of a list, one after another.
struct ElementDecoder: UnkeyedDecodingContainer {
  let owner: TreeDecoder
  let elements: [JSONTree]
  private(set) var currentIndex = 0

  init(owner: TreeDecoder, elements: [JSONTree]) {
    self.owner = owner
    self.elements = elements
  }

  var codingPath: [any CodingKey] { owner.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    let isNull = try element().decodeNil()
    if isNull { currentIndex += 1 }
    return isNull
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try element().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    let container = try element().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try element().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try element()
    currentIndex += 1
    return decoder
  }

  private func element() throws -> TreeDecoder {
    guard !isAtEnd else {
      throw owner.wrong("a list of more elements", found: "one of \(elements.count)")
    }
    return TreeDecoder(elements[currentIndex], codingPath + [ElementKey(currentIndex)])
  }
}

import FileNames
package import TensorFiles

/// What is wrong with msgpack bytes, or with the tree of arrays that flax keeps in them.
package enum MsgpackFault: Error, Hashable, Sendable {
  case cutShort(byte: Int, needed: Int, left: Int)
  case unknownMarker(byte: Int, marker: UInt8)
  case tooDeep(byte: Int, limit: Int)
  case trailing(byte: Int, count: Int)
  case notMap(byte: Int)
  case keyNotText(byte: Int)
  case notUTF8(byte: Int)
  case unknownExtension(name: String, byte: Int, type: Int8)
  case array(name: String, byte: Int, ArrayFault)
  case chunks(name: String, ChunkFault)

  /// What is wrong with one array.
  package enum ArrayFault: Hashable, Sendable {
    case notTriple
    case rank(found: Int, limit: Int)
    case size
    case tooLarge(shape: [Int])
    case byteCount(expected: Int, found: Int)
    case notPair
  }

  /// What is wrong with an array in several chunks.
  package enum ChunkFault: Hashable, Sendable {
    case markerNotFirst
    case unknownKey(String)
    case incomplete
    case badShape
    case notChunks
    case tooLarge(shape: [Int])
    case index(String)
    case notArray(index: Int)
    case types(Set<ScalarType>)
    case count(expected: Int, found: Int)
    case none
  }
}

extension MsgpackFault: CustomStringConvertible {
  /// What is wrong, to follow "is no sound flax msgpack file: ".
  package var description: String {
    switch self {
    case .cutShort(let byte, let needed, let left):
      "the value at byte \(byte) needs \(needed) more bytes, there are \(left); the file was probably cut short, copy it again"
    case .unknownMarker(let byte, let marker):
      "the byte \(marker) at byte \(byte) starts no value"
    case .tooDeep(let byte, let limit):
      "at byte \(byte) it is nested more than \(limit) levels deep"
    case .trailing(let byte, let count):
      "\(count) bytes follow its end at byte \(byte)"
    case .notMap(let byte): "the value at byte \(byte) must be a map of names"
    case .keyNotText(let byte): "the key at byte \(byte) is no text"
    case .notUTF8(let byte): "the text at byte \(byte) is not UTF-8"
    case .unknownExtension(let name, let byte, let type):
      "\(ShownName.quoted(name)), at byte \(byte), is of extension type \(type); only 1 (array), 2 (complex number) and 3 (scalar) are known"
    case .array(let name, let byte, let fault):
      "array \(ShownName.quoted(name)), at byte \(byte), \(fault.sentence)"
    case .chunks(let name, let fault):
      "array \(ShownName.quoted(name)), which is in chunks, \(fault.sentence)"
    }
  }
}

extension MsgpackFault.ArrayFault {
  var sentence: String {
    switch self {
    case .notTriple: "must be three values, its shape, its type's name and its bytes"
    case .rank(let found, let limit): "has \(found) sizes, more than the limit of \(limit)"
    case .size: "has a size that is no whole number of at least 0"
    case .tooLarge(let shape): "has the shape \(shape), which is no possible size"
    case .byteCount(let expected, let found):
      "has \(found) bytes, its shape and type need \(expected)"
    case .notPair: "must be two numbers, the real and the imaginary part"
    }
  }
}

extension MsgpackFault.ChunkFault {
  var sentence: String {
    switch self {
    case .markerNotFirst: "has other keys before the one that says so"
    case .unknownKey(let key): "has an unknown key \(ShownName.quoted(key))"
    case .incomplete: "must have both 'shape' and 'chunks'"
    case .badShape: "has a shape that is not made of whole numbers of at least 0"
    case .notChunks: "has chunks that are not a map with the keys 0, 1, 2…"
    case .tooLarge(let shape): "has the shape \(shape), which is no possible size"
    case .index(let key):
      "has a number \(ShownName.quoted(key)) that is repeated or not in the row 0, 1, 2…"
    case .notArray(let index): "has as chunk \(index) something that is no array"
    case .types(let types):
      "has chunks of different types: \(types.map(\.rawValue).sorted().joined(separator: ", "))"
    case .count(let expected, let found):
      "has \(found) elements in its chunks, its shape needs \(expected)"
    case .none: "has no chunks, so that its type isn't known"
    }
  }
}

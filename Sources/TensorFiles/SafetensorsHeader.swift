import FileNames
import ForeignJSON
import FoundationEssentials

/// The header of the `.safetensors` format: a length, then JSON that names each tensor's type, shape and place.
///
/// Source: https://github.com/huggingface/safetensors, "Format". Names and places are checked as its readers do:
/// places are inside the file, agree with the shapes, and neither overlap nor leave gaps; no name comes twice.
package struct SafetensorsHeader {
  /// The longest header that is read, in bytes.
  package static let largest = 100_000_000

  /// Those of types that are read, in the order in which they lie in the file.
  package let entries: [TensorEntry]
  /// The others: what their types are called, by name.
  package let foreign: [String: String]
  /// The texts under `__metadata__`.
  package let metadata: [String: String]

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - json: The header's text.
  ///   - fileSize: Bytes of the whole file.
  ///   - path: For errors.
  /// - Throws: ``TensorFileError``.
  package init(_ json: [UInt8], fileSize: Int, path: String) throws(TensorFileError) {
    let members: Members
    do throws(JSONFault) {
      members = try Members(json)
    } catch {
      throw Self.fault(
        path,
        "its header is not the JSON it should be: \(error.expected) was expected at byte \(error.byte)"
      )
    }
    if let name = members.repeated {
      throw Self.fault(path, "its header has \(ShownName.quoted(name)) twice")
    }
    let start = 8 + json.count
    var places: [Place] = []
    for draft in members.tensors {
      places.append(try Place(draft, start: start, fileSize: fileSize, path: path))
    }
    places.sort { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    var end = start
    for place in places {
      guard place.start == end else {
        throw Self.fault(
          path, "there is a gap or an overlap before tensor \(ShownName.quoted(place.name))")
      }
      end = place.end
    }
    guard end == fileSize else {
      throw Self.fault(path, "\(fileSize - end) bytes follow the last tensor")
    }
    entries = places.compactMap(\.entry)
    foreign = Dictionary(
      uniqueKeysWithValues: places.filter { $0.entry == nil }.map { ($0.name, $0.typeName) })
    metadata = members.metadata
  }

  fileprivate static func fault(_ path: String, _ text: String) -> TensorFileError {
    .badHeader(path: path, format: ".safetensors", fault: text)
  }

  /// The first bytes of a file that holds these tensors one after another.
  ///
  /// - Parameters:
  ///   - tensors: In the order of their bytes.
  ///   - metadata: Texts for whoever opens the file.
  ///   - alignment: Data starts at a multiple of it; the header is padded with spaces.
  /// - Returns: The length and the header's text.
  /// - Throws: An encoding error, for names that JSON can't hold.
  package static func bytes(
    _ tensors: [(name: String, type: ScalarType, shape: [Int])], metadata: [String: String],
    alignment: Int = 8
  ) throws -> [UInt8] {
    var members: [String: Member] = [:]
    var offset = 0
    for tensor in tensors {
      let size = tensor.shape.reduce(tensor.type.byteCount, *)
      members[tensor.name] = .tensor(
        type: names[tensor.type] ?? "", shape: tensor.shape, place: [offset, offset + size])
      offset += size
    }
    if !metadata.isEmpty { members["__metadata__"] = .texts(metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(members))
    let rest = (8 + json.count) % alignment
    json += [UInt8](repeating: 0x20, count: (alignment - rest) % alignment)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  fileprivate static let types: [String: ScalarType] = [
    "BOOL": .bool, "U8": .u8, "I8": .i8, "U16": .u16, "I16": .i16, "U32": .u32, "I32": .i32,
    "U64": .u64, "I64": .i64, "F16": .f16, "BF16": .bf16, "F32": .f32, "F64": .f64,
  ]
  private static let names = Dictionary(uniqueKeysWithValues: types.map { ($1, $0) })
}

/// A member of a header that is written.
private enum Member: Encodable {
  case tensor(type: String, shape: [Int], place: [Int])
  case texts([String: String])

  enum CodingKeys: String, CodingKey { case dtype, shape, dataOffsets = "data_offsets" }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .texts(let texts): try texts.encode(to: encoder)
    case .tensor(let type, let shape, let place):
      var members = encoder.container(keyedBy: CodingKeys.self)
      try members.encode(type, forKey: .dtype)
      try members.encode(shape, forKey: .shape)
      try members.encode(place, forKey: .dataOffsets)
    }
  }
}

/// Where a tensor lies; its type need not be one that is read.
private struct Place {
  let name: String
  let typeName: String
  let start: Int
  let end: Int
  /// Nil for a type that isn't read, whose size its place alone tells.
  let entry: TensorEntry?

  init(_ draft: TensorDraft, start: Int, fileSize: Int, path: String) throws(TensorFileError) {
    guard let typeName = draft.type, let shape = draft.shape, let place = draft.place,
      place.count == 2
    else {
      throw SafetensorsHeader.fault(
        path,
        "tensor \(ShownName.quoted(draft.name)) lacks 'dtype', 'shape' or 'data_offsets'")
    }
    let type = SafetensorsHeader.types[typeName]
    let (size, isTooFar) = place[1].subtractingReportingOverflow(place[0])
    let count = TensorEntry.elementCount(shape)
    guard let count, place[0] >= 0, size >= 0, !isTooFar,
      type.map({ $0.byteCount * count == size }) ?? true
    else {
      throw SafetensorsHeader.fault(
        path,
        "the place of tensor \(ShownName.quoted(draft.name)) doesn't agree with its shape \(shape)")
    }
    guard place[1] <= fileSize - start else {
      let (expected, overflow) = place[1].addingReportingOverflow(start)
      throw .truncated(path: path, expected: overflow ? .max : expected, found: fileSize)
    }
    name = draft.name
    self.typeName = typeName
    self.start = start + place[0]
    end = start + place[1]
    entry = type.map {
      TensorEntry(name: draft.name, type: $0, shape: shape, offset: start + place[0])
    }
  }
}

/// What a header that is read says of a tensor, unchecked.
private struct TensorDraft {
  var name: String
  var type: String?
  var shape: [Int]?
  var place: [Int]?
}

/// What a header that is read says, unchecked.
private struct Members {
  var tensors: [TensorDraft] = []
  var metadata: [String: String] = [:]
  /// A name that came twice.
  var repeated: String?

  init(_ bytes: [UInt8]) throws(JSONFault) {
    var json = JSONReader(bytes, deepest: 16)
    var names: Set<String> = []
    try json.object { json, name throws(JSONFault) in
      if !names.insert(name).inserted { repeated = name }
      if name == "__metadata__" { try readTexts(&json) } else { try readTensor(&json, name) }
    }
    try json.end()
  }

  /// Takes the texts; some programs write null for none, and other values among them.
  private mutating func readTexts(_ json: inout JSONReader) throws(JSONFault) {
    if json.null() { return }
    try json.object { json, key throws(JSONFault) in
      guard json.startsText() else { return try json.anything() }
      if metadata.updateValue(try json.text(), forKey: key) != nil { repeated = key }
    }
  }

  private mutating func readTensor(
    _ json: inout JSONReader, _ name: String
  ) throws(JSONFault) {
    var draft = TensorDraft(name: name)
    var keys: Set<String> = []
    try json.object { json, key throws(JSONFault) in
      if !keys.insert(key).inserted { repeated = key }
      switch key {
      case "dtype": draft.type = try json.text()
      case "shape": draft.shape = try json.integers()
      case "data_offsets": draft.place = try json.integers()
      default: try json.anything()
      }
    }
    tensors.append(draft)
  }
}

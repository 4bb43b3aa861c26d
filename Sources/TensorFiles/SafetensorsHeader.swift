import FoundationEssentials

/// The header of the `.safetensors` format: a length, then JSON that names each tensor's type, shape and place.
///
/// Source: https://github.com/huggingface/safetensors, "Format". Names and places are checked as its readers do:
/// places are inside the file, agree with the shapes, and neither overlap nor leave gaps.
struct SafetensorsHeader {
  static let largest = 100_000_000

  let entries: [TensorEntry]
  let metadata: [String: String]

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - json: The header's text.
  ///   - fileSize: Bytes of the whole file.
  ///   - path: For errors.
  /// - Throws: ``TensorFileError``.
  init(_ json: [UInt8], fileSize: Int, path: String) throws(TensorFileError) {
    func fault(_ text: String) -> TensorFileError {
      .badHeader(path: path, format: ".safetensors", fault: text)
    }
    let members: [String: Member]
    do {
      members = try JSONDecoder().decode([String: Member].self, from: Data(json))
    } catch {
      throw fault("its header is not the JSON it should be")
    }
    let start = 8 + json.count
    var entries: [TensorEntry] = []
    for (name, member) in members where name != "__metadata__" {
      guard let typeName = member.dtype, let shape = member.shape, let place = member.dataOffsets,
        place.count == 2
      else { throw fault("tensor '\(name)' lacks 'dtype', 'shape' or 'data_offsets'") }
      guard let type = Self.types[typeName] else {
        throw .unsupportedType(path: path, type: typeName)
      }
      guard let count = TensorEntry.elementCount(shape),
        place[0] >= 0, place[1] >= place[0], place[1] - place[0] == count * type.byteCount
      else { throw fault("the place of tensor '\(name)' doesn't agree with its shape \(shape)") }
      guard place[1] <= fileSize - start else {
        throw .truncated(path: path, expected: place[1] + start, found: fileSize)
      }
      entries.append(TensorEntry(name: name, type: type, shape: shape, offset: start + place[0]))
    }
    entries.sort { ($0.offset, $0.byteCount, $0.name) < ($1.offset, $1.byteCount, $1.name) }
    var end = start
    for entry in entries {
      guard entry.offset == end else {
        throw fault("there is a gap or an overlap before tensor '\(entry.name)'")
      }
      end += entry.byteCount
    }
    guard end == fileSize else { throw fault("\(fileSize - end) bytes follow the last tensor") }
    self.entries = entries
    self.metadata = members["__metadata__"]?.texts ?? [:]
  }

  /// The first bytes of a file that holds these tensors one after another; padded with spaces so that data is aligned.
  static func bytes(
    _ tensors: [(name: String, type: ScalarType, shape: [Int])], metadata: [String: String]
  ) throws -> [UInt8] {
    var members: [String: Member] = [:]
    var offset = 0
    for tensor in tensors {
      let size = tensor.shape.reduce(tensor.type.byteCount, *)
      members[tensor.name] = Member(
        dtype: names[tensor.type], shape: tensor.shape, dataOffsets: [offset, offset + size])
      offset += size
    }
    if !metadata.isEmpty { members["__metadata__"] = Member(texts: metadata) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(members))
    json += [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private static let types: [String: ScalarType] = [
    "BOOL": .bool, "U8": .u8, "I8": .i8, "U16": .u16, "I16": .i16, "U32": .u32, "I32": .i32,
    "U64": .u64, "I64": .i64, "F16": .f16, "BF16": .bf16, "F32": .f32, "F64": .f64,
  ]
  private static let names = Dictionary(uniqueKeysWithValues: types.map { ($1, $0) })
}

/// A member of the header: a tensor, or the texts under `__metadata__`.
private struct Member: Codable {
  var dtype: String?
  var shape: [Int]?
  var dataOffsets: [Int]?
  var texts: [String: String] = [:]

  enum CodingKeys: String, CodingKey { case dtype, shape, dataOffsets = "data_offsets" }

  init(dtype: String?, shape: [Int]?, dataOffsets: [Int]?) {
    self.dtype = dtype
    self.shape = shape
    self.dataOffsets = dataOffsets
  }

  init(texts: [String: String]) { self.texts = texts }

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == "__metadata__" {
      texts = try [String: String](from: decoder)
      return
    }
    let members = try decoder.container(keyedBy: CodingKeys.self)
    dtype = try members.decodeIfPresent(String.self, forKey: .dtype)
    shape = try members.decodeIfPresent([Int].self, forKey: .shape)
    dataOffsets = try members.decodeIfPresent([Int].self, forKey: .dataOffsets)
  }

  func encode(to encoder: any Encoder) throws {
    guard texts.isEmpty else { return try texts.encode(to: encoder) }
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encodeIfPresent(dtype, forKey: .dtype)
    try members.encodeIfPresent(shape, forKey: .shape)
    try members.encodeIfPresent(dataOffsets, forKey: .dataOffsets)
  }
}

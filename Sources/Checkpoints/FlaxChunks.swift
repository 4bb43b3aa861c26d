import TensorFiles

/// An array that flax wrote in chunks, since msgpack holds at most 4 GiB in one piece.
///
/// A tuple is kept as a map with the keys "0", "1", "2"… in any order; so are the shape and the chunks.
struct FlaxChunks {
  /// The key that tells such an array from a branch of the tree.
  static let marker = "__msgpack_chunked_array__"

  private let name: String
  private let limits: CheckpointLimits
  private var shape: [Int]?
  private var chunks: [FlaxArray]?

  init(name: String, limits: CheckpointLimits) {
    self.name = name
    self.limits = limits
  }

  /// Reads the value of one of the keys that follow the marker.
  mutating func readMember(_ key: String, _ reader: inout MsgpackReader) throws(FlaxFault) {
    switch key {
    case "shape" where shape == nil: shape = try readShape(&reader)
    case "chunks" where chunks == nil: chunks = try readChunks(&reader)
    default: throw fault(.unknownKey(key))
    }
  }

  /// The array whose bytes are those of the chunks one after another.
  func joined() throws(FlaxFault) -> FlaxArray {
    guard let shape, let chunks else { throw fault(.incomplete) }
    let types = Set(chunks.map(\.type))
    guard let type = types.first else { throw fault(.none) }
    guard types.count == 1 else { throw fault(.types(types)) }
    guard let count = TensorEntry.elementCount(shape) else { throw fault(.tooLarge(shape: shape)) }
    let runs = chunks.flatMap { chunk in
      if case .runs(let runs) = chunk.data { runs } else { [] as [ByteRange] }
    }
    let found = runs.reduce(0) { $0 + $1.count } / type.byteCount
    guard found == count else { throw fault(.count(expected: count, found: found)) }
    return FlaxArray(type, shape: shape, data: .runs(runs))
  }

  private func readShape(_ reader: inout MsgpackReader) throws(FlaxFault) -> [Int] {
    let sizes = try readRow(&reader, else: .badShape) { value, _ throws(FlaxFault) in
      guard case .integer(let size) = value, size >= 0 else { throw fault(.badShape) }
      return Int(size)
    }
    guard sizes.count <= limits.rank else { throw fault(.badShape) }
    return sizes
  }

  private func readChunks(_ reader: inout MsgpackReader) throws(FlaxFault) -> [FlaxArray] {
    let bytes = reader.bytes
    return try readRow(&reader, else: .notChunks) { value, index throws(FlaxFault) in
      guard case .extended(type: 1, let range) = value else { throw fault(.notArray(index: index)) }
      return try FlaxArray(bytes, range, name: name, limits: limits)
    }
  }

  /// Reads a map with the keys 0..<count as the row that it stands for.
  private func readRow<Element>(
    _ reader: inout MsgpackReader, else notMap: MsgpackFault.ChunkFault,
    _ element: (MsgpackValue, Int) throws(FlaxFault) -> Element
  ) throws(FlaxFault) -> [Element] {
    guard case .map(let count) = try next(&reader) else { throw fault(notMap) }
    var elements: [Int: Element] = [:]
    for _ in 0..<count {
      let key = try readKey(&reader)
      guard let index = Int(key), "\(index)" == key, 0..<count ~= index, elements[index] == nil
      else { throw fault(.index(key)) }
      elements[index] = try element(try next(&reader), index)
    }
    return elements.sorted { $0.key < $1.key }.map(\.value)
  }

  private func next(_ reader: inout MsgpackReader) throws(FlaxFault) -> MsgpackValue {
    do throws(MsgpackFault) { return try reader.next() } catch { throw .msgpack(error) }
  }

  private func readKey(_ reader: inout MsgpackReader) throws(FlaxFault) -> String {
    do throws(MsgpackFault) {
      return try reader.text { .keyNotText(byte: $0) }
    } catch { throw .msgpack(error) }
  }

  private func fault(_ fault: MsgpackFault.ChunkFault) -> FlaxFault {
    .msgpack(.chunks(name: name, fault))
  }
}

import TensorFiles

/// Tensors of a `.safetensors` file, where they lie.
struct SafetensorsContents: CheckpointContents {
  let entries: [CheckpointEntry]
  let foreign: [String: String]
  let metadata: [String: String]
  private let places: [ByteRange]
  private let file: MappedFile

  init(_ file: MappedFile, _ limits: CheckpointLimits) throws(CheckpointError) {
    let path = file.path
    var reader = ByteReader(file.bytes)
    guard let length = reader.little(UInt64.self) else {
      throw .tensorFile(.truncated(path: path, expected: 10, found: file.count))
    }
    guard length <= UInt64(SafetensorsHeader.largest) else {
      throw .headerTooLong(path: path, found: length, limit: SafetensorsHeader.largest)
    }
    guard let json = file.part(ByteRange(8, Int(length))) else {
      throw .tensorFile(.truncated(path: path, expected: 8 + Int(length), found: file.count))
    }
    let tensors: [TensorEntry]
    do throws(TensorFileError) {
      let header = try SafetensorsHeader([UInt8](json), fileSize: file.count, path: path)
      tensors = header.entries
      foreign = header.foreign
      metadata = header.metadata
    } catch { throw .tensorFile(error) }
    var names = NameBudget(limits, path: path)
    for tensor in tensors { try names.spend(on: tensor.name) }
    for name in foreign.keys { try names.spend(on: name) }
    entries = tensors.map { CheckpointEntry(name: $0.name, type: $0.type, shape: $0.shape) }
    places = tensors.map { ByteRange($0.offset, $0.byteCount) }
    self.file = file
  }

  func plainBytes(_ number: Int) -> UnsafeRawBufferPointer? { file.part(places[number]) }

  func read(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    // All of them are plain.
    if let bytes = plainBytes(number) { memory.copyMemory(from: bytes) }
  }
}

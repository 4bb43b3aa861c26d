import TensorFiles

/// The tensors of one file: `.safetensors`, `.npz`, `.npy`, or what flax makes of a tree with msgpack.
///
/// Which of them is told by the file's first bytes, not by its name. Opening checks every name, shape and place; nothing
/// is allocated on the word of a header. Any thread may read.
package final class Checkpoint: Sendable {
  /// The file.
  package let path: String
  /// Its format.
  package let format: CheckpointFormat
  /// Each name once, in the order of the file's own table of contents.
  package let entries: [CheckpointEntry]
  /// Tensors of types that aren't read, which stand in no one's way: what the types are called, by name.
  package let foreign: [String: String]
  /// Texts that the file's maker left in it.
  package let metadata: [String: String]
  private let file: MappedFile
  private let contents: any CheckpointContents
  private let numbers: [String: Int]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file; it must not be made shorter while it is open.
  ///   - limits: What is too much.
  /// - Throws: ``CheckpointError``.
  package convenience init(
    path: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) {
    try self.init(try MappedFile(path: path), limits)
  }

  /// Opens bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: Of a whole file.
  ///   - path: For errors.
  ///   - limits: What is too much.
  /// - Throws: ``CheckpointError``.
  package convenience init(
    bytes: [UInt8], path: String, limits: CheckpointLimits = CheckpointLimits()
  ) throws(CheckpointError) {
    try self.init(MappedFile(bytes, path: path), limits)
  }

  private init(_ file: MappedFile, _ limits: CheckpointLimits) throws(CheckpointError) {
    guard let format = CheckpointFormat.of(file.bytes) else {
      throw .unknownFormat(
        path: file.path, size: file.count, likely: ForeignFormat.of(file.bytes))
    }
    let contents: any CheckpointContents =
      switch format {
      case .safetensors: try SafetensorsContents(file, limits)
      case .npz: try NPZContents(file, limits)
      case .npy: try NPYContents(file)
      case .flaxMsgpack: try FlaxContents(file, limits)
      }
    var numbers: [String: Int] = [:]
    for (number, entry) in contents.entries.enumerated() {
      guard numbers.updateValue(number, forKey: entry.name) == nil else {
        throw .repeatedName(path: file.path, name: entry.name)
      }
    }
    path = file.path
    self.format = format
    entries = contents.entries
    foreign = contents.foreign
    metadata = contents.metadata
    self.file = file
    self.contents = contents
    self.numbers = numbers
  }

  /// The tensor of this name; nil when there is none.
  package subscript(name: String) -> CheckpointEntry? { numbers[name].map { entries[$0] } }

  /// The tensor of this name.
  ///
  /// - Parameter name: As the file has it.
  /// - Returns: One of ``entries``.
  /// - Throws: ``CheckpointError`` when there is none, or its type isn't read.
  package func entry(_ name: String) throws(CheckpointError) -> CheckpointEntry {
    if let entry = self[name] { return entry }
    if let type = foreign[name] {
      throw .unsupportedType(path: path, name: name, type: type)
    }
    let near = NameLikeness.nearest(to: name, among: entries.lazy.map(\.name))
    throw .noTensor(path: path, name: name, near: near, count: entries.count)
  }

  /// Reads a tensor in row-major order and this machine's byte order.
  ///
  /// - Parameters:
  ///   - entry: One of ``entries``.
  ///   - memory: As many bytes as the entry has.
  /// - Throws: ``CheckpointError``.
  package func read(
    _ entry: CheckpointEntry, into memory: UnsafeMutableRawBufferPointer
  ) throws(CheckpointError) {
    precondition(memory.count == entry.byteCount, "memory must be of the tensor's size")
    let number = number(of: entry)
    if let plain = contents.plainBytes(number) {
      memory.copyMemory(from: plain)
    } else {
      try contents.read(number, into: memory)
    }
  }

  /// The tensor's bytes where the file is mapped, without a copy.
  ///
  /// - Parameter entry: One of ``entries``.
  /// - Returns: nil when they aren't in the file as they would be in memory, or not at a multiple of the element's size.
  package func mapped(_ entry: CheckpointEntry) -> MappedTensor? {
    guard let plain = contents.plainBytes(number(of: entry)) else { return nil }
    let address = UInt(bitPattern: plain.baseAddress)
    guard address.isMultiple(of: UInt(entry.type.byteCount)) else { return nil }
    return MappedTensor(file: file, address: address, count: plain.count)
  }

  private func number(of entry: CheckpointEntry) -> Int {
    guard let number = numbers[entry.name], entries[number] == entry else {
      preconditionFailure("the entry must be one of this checkpoint's")
    }
    return number
  }
}

/// Bytes of a tensor in a mapped file, which stays mapped as long as this exists.
package struct MappedTensor: Sendable {
  fileprivate let file: MappedFile
  fileprivate let address: UInt
  /// Bytes in all.
  package let count: Int

  /// The bytes, read only; valid as long as a copy of this value exists.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
  }
}

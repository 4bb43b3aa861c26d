import TensorFiles

/// The one tensor of a `.npy` file.
struct NPYContents: CheckpointContents {
  let entries: [CheckpointEntry]
  let metadata: [String: String] = [:]
  private let array: NPYArray
  private let data: ByteRange
  private let file: MappedFile

  init(_ file: MappedFile) throws(CheckpointError) {
    array = try NPYArray(path: file.path) { count throws(CheckpointError) in
      [UInt8](file.bytes.prefix(count))
    }
    data = ByteRange(array.tensor.offset, array.tensor.byteCount)
    guard file.part(data) != nil else {
      throw .tensorFile(
        .truncated(path: file.path, expected: data.start + data.count, found: file.count))
    }
    guard data.start + data.count == file.count else {
      throw .trailingBytes(path: file.path, count: file.count - data.start - data.count)
    }
    entries = [array.entry(named: "")]
    self.file = file
  }

  func plainBytes(_ number: Int) -> UnsafeRawBufferPointer? {
    array.isPlain ? file.part(data) : nil
  }

  func read(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    if let bytes = file.part(data) { memory.copyMemory(from: bytes) }
    array.arrange(memory)
  }
}

/// What the header of a `.npy` file says, and what it asks for.
struct NPYArray {
  /// Where the data lies, from the start of the `.npy` bytes.
  let tensor: TensorEntry

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - path: For errors.
  ///   - start: Gives the first bytes, fewer when there are fewer.
  /// - Throws: ``CheckpointError``.
  init(
    path: String, start: (Int) throws(CheckpointError) -> [UInt8]
  ) throws(CheckpointError) {
    let first = try start(12)
    guard first.starts(with: NPYHeader.magic) else {
      let fault = "it doesn't start as one"
      throw .tensorFile(.badHeader(path: path, format: ".npy", fault: fault))
    }
    let (offset, length) = try CheckpointError.wrapping { () throws(TensorFileError) in
      try NPYHeader.size(first, path: path)
    }
    let header = try start(offset + length)
    tensor = try CheckpointError.wrapping { () throws(TensorFileError) in
      try NPYHeader.read(header, path: path)
    }
  }

  /// True when the data lies as it would in memory.
  var isPlain: Bool { !tensor.isBigEndian && !isTransposed }

  private var isTransposed: Bool {
    tensor.isFortranOrder && tensor.shape.count(where: { $0 > 1 }) > 1 && tensor.count > 0
  }

  func entry(named name: String) -> CheckpointEntry {
    CheckpointEntry(name: name, type: tensor.type, shape: tensor.shape)
  }

  /// Puts data as it came from the file into row-major order and this machine's byte order.
  func arrange(_ memory: UnsafeMutableRawBufferPointer) {
    if tensor.isBigEndian { ByteOrder.swap(memory, width: tensor.type.byteCount) }
    if isTransposed {
      FortranOrder.rearrange(memory, shape: tensor.shape, width: tensor.type.byteCount)
    }
  }
}

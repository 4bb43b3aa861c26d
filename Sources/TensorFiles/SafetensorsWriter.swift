import Glibc

/// Writes a `.safetensors` file piece by piece; it appears whole under its name, or not at all.
///
/// Bytes go to `PATH.tmp`, which is synced and renamed by ``publish()`` and removed when that never happens.
package final class SafetensorsWriter {
  /// A tensor to come.
  package typealias Tensor = (name: String, type: ScalarType, shape: [Int])

  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var left: Int
  private var isPublished = false

  /// Starts the file with its header.
  ///
  /// - Parameters:
  ///   - path: Made or replaced at the end.
  ///   - tensors: In the order in which their bytes will come, each name once.
  ///   - metadata: Texts for whoever opens the file.
  /// - Throws: ``TensorFileError``.
  package init(
    path: String, tensors: [Tensor], metadata: [String: String] = [:]
  ) throws(TensorFileError) {
    precondition(Set(tensors.map(\.name)).count == tensors.count, "each name once")
    let header: [UInt8]
    do {
      // Data that starts at a multiple of 64 can be used where it is mapped.
      header = try SafetensorsHeader.bytes(tensors, metadata: metadata, alignment: 64)
    } catch { throw .unwritable(path: path, reason: "\(error)") }
    self.path = path
    temporary = "\(path).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    left = tensors.reduce(0) { $0 + $1.shape.reduce($1.type.byteCount, *) }
    guard descriptor >= 0 else { throw FileOutput.error(temporary, errno) }
    try header.withUnsafeBytes { write($0) }.get()
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if !isPublished { unlink(temporary) }
  }

  /// Writes the next bytes, of one tensor or of several.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(TensorFileError) {
    precondition(bytes.count <= left, "no more bytes than the tensors have")
    try write(bytes).get()
    left -= bytes.count
  }

  /// Makes the file durable and gives it its name; all bytes must have come.
  package func publish() throws(TensorFileError) {
    precondition(left == 0 && !isPublished, "all bytes come before the file is published, once")
    guard fsync(descriptor) == 0 else { throw FileOutput.error(temporary, errno) }
    guard rename(temporary, path) == 0 else { throw FileOutput.error(path, errno) }
    isPublished = true
    try FileOutput.synchronizeFolder(of: path)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Result<Void, TensorFileError> {
    let number = FileOutput.write(bytes, to: descriptor)
    return number == 0 ? .success(()) : .failure(FileOutput.error(temporary, number))
  }
}

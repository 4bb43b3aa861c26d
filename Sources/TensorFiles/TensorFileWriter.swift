import Glibc

/// Writes tensor files, dense and row-major.
///
/// The bytes depend on the tensors alone, so that the same result is the same file.
package enum TensorFileWriter {
  /// A tensor to write; its memory is borrowed for the call.
  package struct Tensor {
    let name: String
    let type: ScalarType
    let shape: [Int]
    let memory: UnsafeRawBufferPointer

    /// Names what to write.
    ///
    /// - Parameters:
    ///   - name: Within the file; not used by `.npy`.
    ///   - type: Of the elements; bf16 in `.npy` is what numpy calls V2: `x.view(ml_dtypes.bfloat16)`.
    ///   - shape: Outermost first.
    ///   - memory: As many bytes as type and shape say.
    package init(
      name: String = "", type: ScalarType, shape: [Int], memory: UnsafeRawBufferPointer
    ) {
      precondition(memory.count == shape.reduce(type.byteCount, *), "memory must hold the tensor")
      self.name = name
      self.type = type
      self.shape = shape
      self.memory = memory
    }
  }

  /// Writes numpy's format, version 1.0.
  ///
  /// - Parameters:
  ///   - tensor: What to write.
  ///   - path: Made or overwritten.
  /// - Throws: ``TensorFileError``.
  package static func writeNPY(_ tensor: Tensor, to path: String) throws(TensorFileError) {
    try write(
      [NPYHeader.bytes(type: tensor.type, shape: tensor.shape)], [tensor.memory], to: path)
  }

  /// Writes the safetensors format.
  ///
  /// - Parameters:
  ///   - tensors: What to write, in this order, each name once.
  ///   - metadata: Texts for whoever opens the file.
  ///   - path: Made or overwritten.
  /// - Throws: ``TensorFileError``.
  package static func writeSafetensors(
    _ tensors: [Tensor], metadata: [String: String] = [:], to path: String
  ) throws(TensorFileError) {
    precondition(Set(tensors.map(\.name)).count == tensors.count, "each name once")
    let header: [UInt8]
    do {
      header = try SafetensorsHeader.bytes(
        tensors.map { ($0.name, $0.type, $0.shape) }, metadata: metadata)
    } catch { throw .unwritable(path: path, reason: "\(error)") }
    try write([header], tensors.map(\.memory), to: path)
  }

  private static func write(
    _ headers: [[UInt8]], _ bodies: [UnsafeRawBufferPointer], to path: String
  ) throws(TensorFileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileOutput.error(path, errno) }
    defer { close(descriptor) }
    for header in headers {
      let number = header.withUnsafeBytes { FileOutput.write($0, to: descriptor) }
      guard number == 0 else { throw FileOutput.error(path, number) }
    }
    for body in bodies {
      let number = FileOutput.write(body, to: descriptor)
      guard number == 0 else { throw FileOutput.error(path, number) }
    }
  }
}

import TensorFiles

/// The formats of checkpoints.
package enum CheckpointFormat: String, Hashable, Sendable, CaseIterable {
  case safetensors, npz, npy, flaxMsgpack

  /// Tells the format by a file's first bytes.
  ///
  /// - Parameter bytes: The whole file.
  /// - Returns: nil when they are of no known format.
  static func of(_ bytes: UnsafeRawBufferPointer) -> CheckpointFormat? {
    if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) { return .npz }
    if bytes.starts(with: Array("PK\u{5}\u{6}".utf8)) { return .npz }
    if bytes.starts(with: NPYHeader.magic) { return .npy }
    guard let first = bytes.first else { return nil }
    let isBraced = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
    // No sound header is so long that one of the length's last three bytes isn't zero.
    if isBraced, bytes[5..<8].allSatisfy({ $0 == 0 }) { return .safetensors }
    if ForeignFormat.of(bytes) != nil { return nil }
    if first & 0xF0 == 0x80 || first == 0xDE || first == 0xDF { return .flaxMsgpack }
    return isBraced ? .safetensors : nil
  }
}

/// Formats that are met where a checkpoint is expected, and that aren't read.
package enum ForeignFormat: String, Hashable, Sendable, CaseIterable {
  case pickle = "a Python pickle"
  case hdf5 = "HDF5"
  case gzip = "gzip"
  case gguf = "GGUF"
  case tar = "a tar archive"

  /// What a user can do.
  var advice: String {
    switch self {
    case .pickle:
      "a pickle can run any program, so it is not opened; save the tensors as .safetensors"
    case .hdf5, .gguf: "save the tensors as .safetensors"
    case .gzip, .tar: "unpack it first"
    }
  }

  static func of(_ bytes: UnsafeRawBufferPointer) -> ForeignFormat? {
    if bytes.starts(with: [0x89] + Array("HDF\r\n".utf8)) { return .hdf5 }
    if bytes.starts(with: [0x1F, 0x8B]) { return .gzip }
    if bytes.starts(with: Array("GGUF".utf8)) { return .gguf }
    // The first operation of a pickle is its protocol's number.
    if bytes.count > 2, bytes[0] == 0x80, 2...5 ~= bytes[1] { return .pickle }
    if bytes.count > 262, bytes[257..<262].elementsEqual(Array("ustar".utf8)) { return .tar }
    return nil
  }
}

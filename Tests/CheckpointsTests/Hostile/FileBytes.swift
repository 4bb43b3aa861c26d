import CZlib

extension [UInt8] {
  /// A number, least significant byte first.
  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<MemoryLayout<Number>.size).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// A number, most significant byte first.
  static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    little(number).reversed()
  }
}

/// `.safetensors` bytes with this header; `length` is what the file claims of it.
func safetensors(_ json: String, _ data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
  .little(length ?? UInt64(json.utf8.count)) + Array(json.utf8) + data
}

/// `.npy` bytes with this header text, version 1.
func npy(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  [0x93] + Array("NUMPY".utf8) + [1, 0] + .little(UInt16(header.utf8.count)) + Array(header.utf8)
    + data
}

/// A sound array of `count` f32 zeros.
func zeros(_ count: Int) -> [UInt8] {
  npy(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),), }",
    [UInt8](repeating: 0, count: count * 4))
}

/// Raw deflate data.
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var size = compressBound(UInt(bytes.count))
  var result = [UInt8](repeating: 0, count: Int(size))
  compress2(&result, &size, bytes, UInt(bytes.count), 9)
  // Without zlib's header and checksum.
  return Array(result[2..<(Int(size) - 4)])
}

/// The checksum of zip archives.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  UInt32(crc32(0, bytes, UInt32(bytes.count)))
}

/// A small `.npy` file made from nothing, format 1.0.
///
/// Source: numpy, "The NPY format" (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
package enum SampleNPY {
  /// An f32 array of numbers between 0 and 1.
  ///
  /// - Parameters:
  ///   - shape: Sizes, outermost first.
  ///   - shift: Another number gives other values.
  /// - Returns: The bytes of the file.
  package static func bytes(shape: [Int], shift: Int = 0) -> [UInt8] {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { Float(($0 * 7 + shift * 3) % 16) / 16 }
    var data: [UInt8] = []
    for value in values {
      data += [0, 8, 16, 24].map { UInt8(value.bitPattern >> $0 & 0xFF) }
    }
    return bytes(type: "<f4", shape: shape, data: data)
  }

  /// An array of any type.
  ///
  /// - Parameters:
  ///   - type: As numpy writes it, `<f4` or `|u1`.
  ///   - shape: Sizes, outermost first.
  ///   - data: The elements, row-major, little-endian.
  /// - Returns: The bytes of the file.
  package static func bytes(type: String, shape: [Int], data: [UInt8]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    while (header.utf8.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    let count = header.utf8.count
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    return magic + [UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8) + data
  }
}

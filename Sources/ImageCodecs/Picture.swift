import CKernels

/// A decoded picture: rows from top to bottom without padding, samples interleaved.
///
/// Channels are 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. Memory is not cleared before a decoder fills it.
package final class Picture {
  /// Pixels across.
  package let width: Int
  /// Pixels down.
  package let height: Int
  /// 1...4.
  package let channels: Int
  /// Bits of a sample, 8 or 16.
  package let bits: Int
  let memory: UnsafeMutableRawBufferPointer
  /// What was wrong with the data it was decoded from, where the decoder got over it; nil for sound data.
  package private(set) var damage: String?

  init(width: Int, height: Int, channels: Int, bits: Int, damage: String? = nil) {
    self.width = width
    self.height = height
    self.channels = channels
    self.bits = bits
    self.damage = damage
    memory = .allocate(byteCount: width * height * channels * bits / 8, alignment: 64)
  }

  /// Rounds pixels to samples.
  ///
  /// - Parameters:
  ///   - pixels: Shape (height, width, channels), cut off outside 0...1; what isn't a number becomes 0.
  ///   - width: At least 1.
  ///   - height: At least 1.
  ///   - channels: 1...4.
  ///   - bits: 8 or 16.
  package convenience init(
    pixels: UnsafeBufferPointer<Float>, width: Int, height: Int, channels: Int, bits: Int = 8
  ) {
    precondition(pixels.count == width * height * channels && !pixels.isEmpty)
    self.init(width: width, height: height, channels: channels, bits: bits)
    if bits == 8 {
      lattice_pixels_to_u8(pixels.baseAddress, bytes8, Int64(pixels.count))
    } else {
      lattice_pixels_to_u16(pixels.baseAddress, bytes16, Int64(pixels.count))
    }
  }

  /// Takes 8-bit RGB samples, shape (height, width, 3).
  package convenience init(width: Int, height: Int, rgb: [UInt8]) {
    precondition(rgb.count == width * height * 3, "three samples for each pixel")
    self.init(width: width, height: height, channels: 3, bits: 8)
    memory.copyBytes(from: rgb)
  }

  deinit { memory.deallocate() }

  /// This picture, with what was wrong with its data.
  func taking(damage: String?) -> Picture {
    self.damage = damage
    return self
  }

  /// All samples; bind to UInt8 or UInt16 as ``bits`` says.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  var bytes8: UnsafeMutablePointer<UInt8>? { memory.bindMemory(to: UInt8.self).baseAddress }
  var bytes16: UnsafeMutablePointer<UInt16>? { memory.bindMemory(to: UInt16.self).baseAddress }
}

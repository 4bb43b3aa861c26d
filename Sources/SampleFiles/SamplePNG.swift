/// A small PNG picture made from nothing, stored without compression.
///
/// Source: PNG (Third Edition), W3C 2025; zlib and deflate, RFC 1950 and 1951.
package enum SamplePNG {
  /// An RGB picture of 8 bits: soft gradients with a bright square in the middle.
  ///
  /// - Parameters:
  ///   - width: 1 to 1000 pixels.
  ///   - height: 1 to 1000 pixels.
  ///   - shift: Another number gives another picture.
  /// - Returns: The bytes of the file.
  package static func bytes(width: Int, height: Int, shift: Int = 0) -> [UInt8] {
    var lines: [UInt8] = []
    for y in 0..<height {
      lines.append(0)
      for x in 0..<width {
        let isInside = abs(2 * x - width) < width / 2 && abs(2 * y - height) < height / 2
        let red = UInt8(truncatingIfNeeded: x * 255 / width + shift * 40)
        let green = UInt8(truncatingIfNeeded: y * 255 / height + shift * 24)
        lines += isInside ? [240, 220, 90] : [red, green, 128]
      }
    }
    return file(width, height, bits: 8, colourType: 2, lines)
  }

  /// A mask of that picture: the square in one colour, zeros around it.
  ///
  /// - Parameters:
  ///   - width: 1 to 1000 pixels.
  ///   - height: 1 to 1000 pixels.
  /// - Returns: The bytes of the file.
  package static func mask(width: Int, height: Int) -> [UInt8] {
    var lines: [UInt8] = []
    for y in 0..<height {
      lines.append(0)
      for x in 0..<width {
        let isInside = abs(2 * x - width) < width / 2 && abs(2 * y - height) < height / 2
        lines += isInside ? [240, 220, 90] : [0, 0, 0]
      }
    }
    return file(width, height, bits: 8, colourType: 2, lines)
  }

  /// A grey picture of 16 bits: a slope from 1000 down to the right, as a depth map in millimetres is.
  ///
  /// - Parameters:
  ///   - width: 1 to 1000 pixels.
  ///   - height: 1 to 1000 pixels.
  ///   - shift: Another number gives another picture.
  /// - Returns: The bytes of the file.
  package static func depth(width: Int, height: Int, shift: Int = 0) -> [UInt8] {
    var lines: [UInt8] = []
    for y in 0..<height {
      lines.append(0)
      for x in 0..<width {
        let value = 1000 + 20 * (x + y) + 5 * shift
        lines += [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
      }
    }
    return file(width, height, bits: 16, colourType: 0, lines)
  }

  private static func file(
    _ width: Int, _ height: Int, bits: UInt8, colourType: UInt8, _ lines: [UInt8]
  ) -> [UInt8] {
    let header = big(width) + big(height) + [bits, colourType, 0, 0, 0]
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    return signature + chunk("IHDR", header) + chunk("IDAT", stored(lines)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return big(data.count) + body + big(Int(crc(body)))
  }

  /// A zlib stream of blocks that are not compressed.
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    while start < data.count {
      let count = min(65_535, data.count - start)
      let isLast = start + count == data.count
      let low = UInt8(count & 0xFF)
      let high = UInt8(count >> 8)
      stream += [isLast ? 1 : 0, low, high, ~low, ~high]
      stream += data[start..<start + count]
      start += count
    }
    var (a, b) = (1, 0)
    for byte in data {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return stream + big(b << 16 | a)
  }

  private static func big(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in
        rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1
      }
    }
  }
}

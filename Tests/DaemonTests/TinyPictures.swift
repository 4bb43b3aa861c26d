import Foundation

/// Makes small pictures in the simplest PNG there is: stored, not compressed.
enum TinyPictures {
  /// A picture of one colour gradient that depends on `seed`, as PNG bytes.
  static func png(width: Int = 16, height: Int = 16, seed: Int) -> Data {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width {
        rows += [
          UInt8(truncatingIfNeeded: x * 13 + seed), UInt8(truncatingIfNeeded: y * 11 + seed * 3),
          UInt8(truncatingIfNeeded: (x + y) * 7 + seed * 5),
        ]
      }
    }
    return png(header(width: width, height: height), rows)
  }

  /// A picture of these RGB samples, row by row.
  static func png(width: Int, height: Int, rgb: [UInt8]) -> Data {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      rows += rgb[(y * width * 3)..<((y + 1) * width * 3)]
    }
    return png(header(width: width, height: height), rows)
  }

  /// A grey picture of 16 bits, all of one value.
  static func gray16(width: Int, height: Int, value: UInt16) -> Data {
    var row: [UInt8] = [0]
    for _ in 0..<width { row += [UInt8(value >> 8), UInt8(value & 255)] }
    let header = chunk("IHDR", bigEndian(width) + bigEndian(height) + [16, 0, 0, 0, 0])
    var rows: [UInt8] = []
    for _ in 0..<height { rows += row }
    return png(header, rows)
  }

  private static func png(_ header: [UInt8], _ rows: [UInt8]) -> Data {
    var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    png += header
    png += chunk("IDAT", stored(rows))
    png += chunk("IEND", [])
    return Data(png)
  }

  /// Writes `count` pictures as `0000.png`… into `folder`.
  static func write(_ count: Int, into folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for number in 0..<count {
      let name = String(String(10_000 + number).dropFirst())
      try png(seed: number).write(to: folder.appending(path: "\(name).png"))
    }
  }

  /// The IHDR chunk of an 8-bit RGB picture that claims this size.
  static func header(width: Int, height: Int) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(kind.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(crc(body)))
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 65_535, data.count)
      let length = end - start
      stream.append(end == data.count ? 1 : 0)
      stream += [
        UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8 & 255),
      ]
      stream += data[start..<end]
      start = end
    } while start < data.count
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in data {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return stream + bigEndian(Int(high << 16 | low))
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

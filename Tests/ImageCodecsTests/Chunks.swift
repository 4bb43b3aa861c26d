/// Chunks of PNG, for files that no encoder writes.
enum Chunks {
  /// A chunk with its checksum.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(checksum(body))
  }

  /// A file with a chunk put in before the first of a type.
  static func inserting(_ chunk: [UInt8], before type: String, in file: [UInt8]) -> [UInt8] {
    var changed = file
    changed.insert(contentsOf: chunk, at: place(of: type, in: file))
    return changed
  }

  /// Where the first chunk of a type starts, its length first.
  static func place(of type: String, in file: [UInt8]) -> Int {
    var position = 8
    while position + 8 <= file.count {
      if file[(position + 4)..<(position + 8)].elementsEqual(Array(type.utf8)) { return position }
      position += 12 + file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    return file.count
  }

  static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { crc, _ in
        crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1
      }
    }
  }
}

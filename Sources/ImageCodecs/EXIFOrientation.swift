/// How a camera was held: 1...8 as in EXIF, "as stored" when a file says nothing sound.
///
/// Source: CIPA DC-008 (EXIF 2.32), tag 0x0112, within an APP1 segment of JPEG or an eXIf chunk of PNG.
struct EXIFOrientation: Equatable {
  /// 1...8.
  let value: Int

  init(value: Int) { self.value = (1...8).contains(value) ? value : 1 }

  /// Finds the tag among the segments before the picture's data.
  init(jpeg bytes: UnsafeRawBufferPointer) {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      // Fill bytes, and markers without a length.
      if marker == 0xFF || marker == 0x01 || 0xD0...0xD8 ~= marker {
        position += marker == 0xFF ? 1 : 2
        continue
      }
      guard marker != 0xDA, marker != 0xD9 else { break }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[(position + 4)..<end])
      // Some programs write another byte than zero after "Exif" and its zero.
      if marker == 0xE1, segment.count > 6, segment.starts(with: Array("Exif\0".utf8)),
        let value = Self.tag(UnsafeRawBufferPointer(rebasing: segment[6...]))
      {
        self.init(value: value)
        return
      }
      position = end
    }
    self.init(value: 1)
  }

  /// Finds the tag in a TIFF structure, which may have the header of JPEG's segment before it.
  init(tiff bytes: UnsafeRawBufferPointer) {
    let hasHeader = bytes.starts(with: Array("Exif\0\0".utf8))
    let tiff = hasHeader ? UnsafeRawBufferPointer(rebasing: bytes[6...]) : bytes
    self.init(value: Self.tag(tiff) ?? 1)
  }

  /// The tag's value in the first directory of a TIFF structure.
  private static func tag(_ tiff: UnsafeRawBufferPointer) -> Int? {
    guard let isLittle = isLittleEndian(tiff) else { return nil }
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset + size <= tiff.count else { return nil }
      return (0..<size).reduce(0) {
        $0 | Int(tiff[offset + $1]) << (8 * (isLittle ? $1 : size - 1 - $1))
      }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + index * 12
      guard let name = number(entry, 2) else { return nil }
      guard name == 0x0112 else { continue }
      guard let type = number(entry + 2, 2), let size = integerSizes[type],
        let values = number(entry + 4, 4), values > 0
      else { return nil }
      // Values of more than four bytes lie elsewhere. Those of 1...8 are the same with a sign and without.
      return number(values * size <= 4 ? entry + 8 : number(entry + 8, 4) ?? -1, size)
    }
    return nil
  }

  private static func isLittleEndian(_ tiff: UnsafeRawBufferPointer) -> Bool? {
    guard tiff.count >= 8 else { return nil }
    return switch (tiff[0], tiff[1]) {
    case (0x49, 0x49): true
    case (0x4D, 0x4D): false
    default: nil
    }
  }

  /// Bytes of a value by TIFF's number of its type: BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG and IFD.
  private static let integerSizes = [1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 13: 4]

  /// The picture with its top up.
  ///
  /// - Parameters:
  ///   - picture: As it is stored.
  ///   - damage: What was wrong with its data.
  /// - Returns: The same picture when nothing is to be turned.
  func upright(_ picture: Picture, damage: String?) -> Picture {
    guard value != 1 else { return picture.taking(damage: damage) }
    let isTurned = value >= 5
    let (width, height) = (picture.width, picture.height)
    let result = Picture(
      width: isTurned ? height : width, height: isTurned ? width : height,
      channels: picture.channels, bits: picture.bits, damage: damage)
    let size = picture.channels * picture.bits / 8
    guard let from = picture.memory.baseAddress, let to = result.memory.baseAddress else {
      return picture
    }
    for y in 0..<result.height {
      for x in 0..<result.width {
        let (sourceX, sourceY) = source(x, y, width, height)
        (to + (y * result.width + x) * size)
          .copyMemory(from: from + (sourceY * width + sourceX) * size, byteCount: size)
      }
    }
    return result
  }

  /// Where an upright pixel lies in the stored picture of `width` x `height`.
  private func source(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (Int, Int) {
    switch value {
    case 2: (width - 1 - x, y)
    case 3: (width - 1 - x, height - 1 - y)
    case 4: (x, height - 1 - y)
    case 5: (y, x)
    case 6: (y, height - 1 - x)
    case 7: (width - 1 - y, height - 1 - x)
    case 8: (width - 1 - y, x)
    default: (x, y)
    }
  }
}

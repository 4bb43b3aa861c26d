import CImageCodecs

/// What a PNG says besides its pixels.
///
/// Source: "Portable Network Graphics (PNG) Specification (Third Edition)", 5.3 and 11.3.4.5.
enum PNGMetadata {
  /// The content of the eXIf chunk, which may stand before or after the pixels.
  ///
  /// - Parameter file: A whole PNG.
  /// - Returns: Its TIFF structure, nil when there is none or its checksum is wrong; then what is damaged.
  static func exif(
    _ file: UnsafeRawBufferPointer
  ) -> (bytes: UnsafeRawBufferPointer?, damage: String?) {
    var position = 8
    while position + 12 <= file.count {
      let length = number(file, position)
      guard length <= file.count - position - 12 else { break }
      let type = file[(position + 4)..<(position + 8)]
      if type.elementsEqual(Array("IEND".utf8)) { break }
      if type.elementsEqual(Array("eXIf".utf8)) {
        let checked = UnsafeRawBufferPointer(
          rebasing: file[(position + 4)..<(position + 8 + length)])
        let found = codec_png_checksum(
          checked.assumingMemoryBound(to: UInt8.self).baseAddress, Int64(checked.count))
        guard Int(found) == number(file, position + 8 + length) else {
          return (nil, "the PNG data is damaged: eXIf: CRC error, so its orientation is left out")
        }
        return (UnsafeRawBufferPointer(rebasing: checked[4...]), nil)
      }
      position += 12 + length
    }
    return (nil, nil)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
    (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
  }
}

/// File formats of pictures.
package enum PictureFormat: String, Sendable, CaseIterable {
  case png = "PNG"
  case jpeg = "JPEG"

  /// Tells a format by the first bytes of a file.
  ///
  /// - Parameter bytes: The file.
  /// - Throws: ``PictureError`` when it's neither.
  package init(of bytes: UnsafeRawBufferPointer) throws(PictureError) {
    guard !bytes.isEmpty else { throw .empty }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50]) && bytes.count < 8 {
      throw .truncated(format: "PNG", byteCount: bytes.count)
    } else {
      throw .notAPicture(looksLike: Self.otherFormat(bytes))
    }
  }

  private static func otherFormat(_ bytes: UnsafeRawBufferPointer) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      bytes.count >= offset + text.utf8.count
        && bytes[offset..<(offset + text.utf8.count)].elementsEqual(text.utf8)
    }
    if has("GIF8") { return "GIF" }
    if has("RIFF") && has("WEBP", at: 8) { return "WebP" }
    if has("ftypheic", at: 4) || has("ftypmif1", at: 4) { return "HEIC" }
    if has("ftypavif", at: 4) { return "AVIF" }
    if has("%PDF") { return "PDF" }
    if has("BM") { return "BMP" }
    if has("<svg") || has("<?xml") { return "SVG or XML" }
    if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) || bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A])
    {
      return "TIFF"
    }
    if has("PK\u{3}\u{4}") { return "ZIP" }
    return nil
  }
}

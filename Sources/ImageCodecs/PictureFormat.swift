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
    } else if bytes.count < 8, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A].starts(with: bytes) {
      throw .truncated(format: "PNG", byteCount: bytes.count)
    } else {
      throw .notAPicture(OtherFormat(of: bytes))
    }
  }
}

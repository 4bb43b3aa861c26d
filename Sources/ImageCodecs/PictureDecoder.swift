import CImageCodecs

/// Decodes PNG and JPEG.
package enum PictureDecoder {
  /// The size that a file claims, upright.
  package struct Size: Hashable, Sendable {
    /// Pixels across.
    package let width: Int
    /// Pixels down.
    package let height: Int
  }

  /// Decodes a picture and turns it upright as its EXIF orientation says.
  ///
  /// PNG of every kind (grey, RGB, palette, alpha, 1 to 16 bits, interlaced) and JPEG (grey, colour, CMYK,
  /// progressive). A claimed size is checked before anything is allocated for it.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - maximumPixels: The largest width times height to accept.
  /// - Returns: The picture.
  /// - Throws: ``PictureError``.
  package static func decode(
    _ bytes: UnsafeRawBufferPointer, maximumPixels: Int
  ) throws(PictureError) -> Picture {
    let format = try PictureFormat(of: bytes)
    let header = try probe(bytes, format)
    let (width, height) = (Int(header.width), Int(header.height))
    guard width > 0, height > 0, width.multipliedReportingOverflow(by: height).overflow == false,
      width * height <= maximumPixels
    else { throw .tooLarge(width: width, height: height, maximumPixels: maximumPixels) }
    let picture = Picture(
      width: width, height: height, channels: Int(header.channels), bits: Int(header.bits))
    try fill(picture, bytes, format)
    guard format == .jpeg else { return picture }
    return EXIFOrientation(jpeg: bytes).upright(picture)
  }

  private static func probe(
    _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat
  ) throws(PictureError) -> codec_header {
    var header = codec_header()
    try call(bytes, format) { start, message, capacity in
      switch format {
      case .png: codec_png_probe(start, Int64(bytes.count), &header, message, capacity)
      case .jpeg: codec_jpeg_probe(start, Int64(bytes.count), &header, message, capacity)
      }
    }
    return header
  }

  private static func fill(
    _ picture: Picture, _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat
  ) throws(PictureError) {
    let size = Int64(picture.memory.count)
    let pixels = picture.memory.assumingMemoryBound(to: UInt8.self).baseAddress
    var header = codec_header()
    try call(bytes, format) { start, message, capacity in
      switch format {
      case .png:
        codec_png_decode(start, Int64(bytes.count), pixels, size, &header, message, capacity)
      case .jpeg:
        codec_jpeg_decode(start, Int64(bytes.count), 1, pixels, size, &header, message, capacity)
      }
    }
  }

  private static func call(
    _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat,
    _ body: (UnsafePointer<UInt8>?, UnsafeMutablePointer<CChar>?, Int64) -> Int32
  ) throws(PictureError) {
    var message = [CChar](repeating: 0, count: 256)
    let result = message.withUnsafeMutableBufferPointer {
      body(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, $0.baseAddress, Int64($0.count))
    }
    switch result {
    case CODEC_OK: return
    case CODEC_TRUNCATED: throw .truncated(format: format.rawValue, byteCount: bytes.count)
    default: throw .damaged(format: format.rawValue, reason: CText.string(message))
    }
  }
}

/// Text in C arrays.
enum CText {
  /// Up to the first zero; bytes that are not UTF-8 are replaced.
  static func string(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

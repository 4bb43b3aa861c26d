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
  /// PNG of every kind (grey, RGB, palette, alpha, 1 to 16 bits, interlaced; of an animated one the still picture) and
  /// JPEG (grey, colour, CMYK, progressive, arithmetic). A claimed size is checked before anything is allocated for it.
  /// What the libraries get over is in the picture's ``Picture/damage``.
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
    let header = try probe(bytes, format, maximumPixels)
    let stored = Picture(
      width: Int(header.width), height: Int(header.height), channels: Int(header.channels),
      bits: Int(header.bits))
    let damage = try fill(stored, bytes, format)
    switch format {
    case .jpeg:
      return EXIFOrientation(jpeg: bytes).upright(stored, damage: damage)
    case .png:
      let exif = PNGMetadata.exif(bytes)
      let orientation = exif.bytes.map { EXIFOrientation(tiff: $0) } ?? EXIFOrientation(value: 1)
      return orientation.upright(stored, damage: exif.damage ?? damage)
    }
  }

  private static func probe(
    _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat, _ maximumPixels: Int
  ) throws(PictureError) -> codec_header {
    var header = codec_header()
    var fault: PictureError?
    do throws(PictureError) {
      _ = try call(bytes, format, &header) { start, header, message, capacity in
        switch format {
        case .png: codec_png_probe(start, Int64(bytes.count), header, message, capacity)
        case .jpeg: codec_jpeg_probe(start, Int64(bytes.count), header, message, capacity)
        }
      }
    } catch { fault = error }
    let (width, height) = (Int(header.width), Int(header.height))
    let (count, isBeyond) = width.multipliedReportingOverflow(by: height)
    // The size is known even where the library can't go on because of it.
    if isBeyond || count > maximumPixels {
      throw .tooLarge(width: width, height: height, maximumPixels: maximumPixels)
    }
    if let fault { throw fault }
    guard width > 0, height > 0 else {
      throw .damaged(format: format.rawValue, reason: "it claims \(width) x \(height) pixels")
    }
    return header
  }

  /// Decodes the pixels; what was wrong with the data, if anything was.
  private static func fill(
    _ picture: Picture, _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat
  ) throws(PictureError) -> String? {
    let size = Int64(picture.memory.count)
    let pixels = picture.memory.assumingMemoryBound(to: UInt8.self).baseAddress
    var header = codec_header()
    let first = try call(bytes, format, &header) { start, header, message, capacity in
      switch format {
      case .png:
        codec_png_decode(start, Int64(bytes.count), pixels, size, header, message, capacity)
      case .jpeg:
        codec_jpeg_decode(start, Int64(bytes.count), 1, pixels, size, header, message, capacity)
      }
    }
    guard header.warnings > 0 else { return nil }
    let more = header.warnings == 1 ? "" : " (and \(header.warnings - 1) more)"
    return "the \(format.rawValue) data is damaged: \(first)\(more)"
  }

  /// Calls the library; its message, which is empty when it has nothing to say.
  private static func call(
    _ bytes: UnsafeRawBufferPointer, _ format: PictureFormat, _ header: inout codec_header,
    _ body: (
      UnsafePointer<UInt8>?, UnsafeMutablePointer<codec_header>, UnsafeMutablePointer<CChar>?, Int64
    ) -> Int32
  ) throws(PictureError) -> String {
    var message = [CChar](repeating: 0, count: 256)
    let result = message.withUnsafeMutableBufferPointer { message in
      body(
        bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &header, message.baseAddress,
        Int64(message.count))
    }
    let text = CText.string(message)
    switch result {
    case CODEC_OK: return text
    case CODEC_TRUNCATED: throw .truncated(format: format.rawValue, byteCount: bytes.count)
    case CODEC_UNSUPPORTED: throw .unsupported(format: format.rawValue, reason: text)
    case CODEC_TOO_LARGE:
      throw .sideTooLong(
        format: format.rawValue, width: Int(header.width), height: Int(header.height))
    default: throw .damaged(format: format.rawValue, reason: text)
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

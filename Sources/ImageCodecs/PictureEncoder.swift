import CImageCodecs

/// Encodes pictures as PNG or JPEG.
package enum PictureEncoder {
  /// How much time a PNG may take to get small.
  package enum Compression: String, Sendable, CaseIterable {
    case fast, balanced, small

    var packing: codec_png_packing {
      switch self {
      // zlib's level 1 with the filter that looks left: no trying out of filters per row.
      case .fast: codec_png_packing(level: 1, strategy: -1, filters: 0x10)
      case .balanced: codec_png_packing(level: 4, strategy: -1, filters: 0x10 | 0x20)
      case .small: codec_png_packing(level: 9, strategy: -1, filters: -1)
      }
    }
  }

  /// What to encode as.
  package enum Encoding: Hashable, Sendable {
    /// 8 or 16 bits of a sample.
    case png(bits: Int, Compression)
    /// 1...100; optimised files are smaller by Huffman codes made for them, and take longer.
    case jpeg(quality: Int, isOptimized: Bool = false)
  }

  /// Encodes one picture; the bytes depend on nothing but the arguments and the versions of the libraries.
  ///
  /// - Parameters:
  ///   - picture: 1 or 3 channels, or any for PNG; of the bits that are encoded.
  ///   - encoding: The format and its settings.
  ///   - body: Gets the file's bytes.
  /// - Returns: What `body` returns.
  /// - Throws: ``PictureError``, and what `body` throws.
  package static func encode<Result>(
    _ picture: Picture, as encoding: Encoding, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    // Room for bytes that don't compress: stored blocks, filter bytes, chunk headers, tables.
    let room = picture.memory.count + picture.memory.count / 8 + picture.height * 8 + 65_536
    let out = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
    defer { out.deallocate() }
    let target = out.assumingMemoryBound(to: UInt8.self).baseAddress
    let pixels = picture.memory.assumingMemoryBound(to: UInt8.self).baseAddress
    let (width, height) = (Int64(picture.width), Int64(picture.height))
    let channels = Int32(picture.channels)
    var written: Int64 = 0
    var message = [CChar](repeating: 0, count: 256)
    let format: PictureFormat
    let result: Int32
    switch encoding {
    case .png(let bits, let compression):
      precondition(bits == picture.bits, "the picture's samples have the bits that are written")
      format = .png
      result = codec_png_encode(
        pixels, width, height, channels, Int32(bits), compression.packing, target, Int64(room),
        &written, &message, 256)
    case .jpeg(let quality, let isOptimized):
      precondition(picture.bits == 8, "JPEG has 8 bits a sample")
      format = .jpeg
      result = codec_jpeg_encode(
        pixels, width, height, channels, Int32(quality), isOptimized ? 1 : 0, target, Int64(room),
        &written, &message, 256)
    }
    guard result == CODEC_OK else {
      throw PictureError.unwritable(format: format.rawValue, reason: CText.string(message))
    }
    return try body(UnsafeRawBufferPointer(rebasing: out[..<Int(written)]))
  }
}

import ImageCodecs

/// Decodes bytes as PNG or JPEG.
enum PictureTry {
  static func read(_ bytes: UnsafeRawBufferPointer) {
    guard let picture = try? PictureDecoder.decode(bytes, maximumPixels: 1 << 20) else { return }
    precondition(picture.width * picture.height <= 1 << 20, "a picture larger than it may be")
  }
}

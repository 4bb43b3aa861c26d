/// Why bytes are no picture that can be used; reads as the end of "photo.png: …".
package enum PictureError: Error, Hashable, Sendable {
  case empty
  case notAPicture(OtherFormat?)
  /// PNG or JPEG of a kind that isn't decoded.
  case unsupported(format: String, reason: String)
  case damaged(format: String, reason: String)
  case truncated(format: String, byteCount: Int)
  case tooLarge(width: Int, height: Int, maximumPixels: Int)
  case sideTooLong(format: String, width: Int, height: Int)
  case noMemory(byteCount: Int)
  case unwritable(format: String, reason: String)
}

extension PictureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the file is empty; was it copied whole?"
    case .notAPicture(let format?): format.sentence
    case .notAPicture(nil):
      "this is neither PNG nor JPEG, going by its first bytes"
    case .unsupported(let format, let reason):
      """
      this kind of \(format) is not read: \(reason); save it as PNG, or as baseline or progressive JPEG of \
      8 bits
      """
    case .damaged(let format, let reason): "the \(format) data is damaged: \(reason)"
    case .truncated(let format, let count):
      "the \(format) data ends before the picture does, after \(count) bytes; was it copied whole?"
    case .tooLarge(let width, let height, let maximum):
      """
      the picture claims \(width) x \(height) pixels, more than the \(maximum) that \
      'max_pixels' allows
      """
    case .sideTooLong(let format, let width, let height):
      "the picture claims \(width) x \(height) pixels, and \(format) of such long sides is not read"
    case .noMemory(let count): "no memory for \(count) bytes of pixels"
    case .unwritable(let format, let reason): "can't encode as \(format): \(reason)"
    }
  }
}

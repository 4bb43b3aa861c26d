import Foundation
import ImageCodecs

/// Files of the tests.
enum Fixtures {
  static func path(_ name: String) -> String {
    (Bundle.module.resourceURL?.appending(path: "Files/\(name)").path()) ?? name
  }

  static func decode(_ name: String) throws -> Picture {
    try PictureFile.withBytes(of: path(name)) {
      try PictureDecoder.decode($0, maximumPixels: 1 << 20)
    }
  }

  /// The picture as f32 RGB or luma of its own size.
  static func pixels(_ picture: Picture, channels: Int, background: Float = 1) -> [Float] {
    let placement = PictureFit.stretch.place(
      width: picture.width, height: picture.height, into: picture.width, picture.height)
    let resizer = PictureResizer(
      width: picture.width, height: picture.height, placement: placement, channels: channels,
      filter: .bicubic, background: background)
    var pixels = [Float](repeating: -1, count: picture.width * picture.height * channels)
    pixels.withUnsafeMutableBufferPointer { resizer.resize(picture, into: $0) }
    return pixels
  }

  /// The colours in the middle of the four fields: above left, above right, below left, below right.
  static func fields(_ picture: Picture, background: Float = 1) -> [[Float]] {
    let pixels = pixels(picture, channels: 3, background: background)
    return [(4, 8), (4, 24), (12, 8), (12, 24)].map { y, x in
      Array(pixels[((y * picture.width + x) * 3)...].prefix(3))
    }
  }
}

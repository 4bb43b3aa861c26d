/// Why a picture or what is known of its pixels can't be read from files.
package enum LabelFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(String)
  /// The file with what is known of all pictures can't be read.
  case annotations(String)
  case notPNG(path: String, kind: String)
  case unreadable(String)
  case depthSamples(path: String, channels: Int, bits: Int)
  case depthArray(path: String, type: String, shape: [Int])
  case maskSamples(path: String, channels: Int, bits: Int)
  case size(path: String, found: [Int], picture: [Int])
  case notCOCO(path: String, reason: String)
  case noAnnotation(path: String, picture: String, near: [String])
  case ambiguous(path: String, picture: String, masks: [String])
  case repeated(path: String, mask: String, id: UInt32)
  case undescribed(path: String, mask: String, id: UInt32)
  case absent(path: String, mask: String, id: UInt32)
  case categoryZero(path: String)
  case noCategory(path: String, id: Int, mask: String)

  package var description: String {
    switch self {
    case .missing(let text), .annotations(let text), .unreadable(let text): text
    case .notPNG(let path, let kind):
      "'\(path)' is a JPEG, which changes the numbers in pixels; a \(kind) is a PNG"
    case .depthSamples(let path, let channels, let bits):
      "'\(path)' has \(channels) channels of \(bits) bits; a depth map is a grey PNG of 16 bits"
    case .depthArray(let path, let type, let shape):
      "'\(path)' holds \(type) of shape \(shape); a depth map is f32 of shape [height, width]"
    case .maskSamples(let path, let channels, let bits):
      "'\(path)' has \(channels) channels of \(bits) bits; COCO's masks have 3 of 8"
    case .size(let path, let found, let picture):
      "'\(path)' is \(found[0]) x \(found[1]), but its picture \(picture[0]) x \(picture[1])"
    case .notCOCO(let path, let reason): "'\(path)' is no COCO panoptic file: \(reason)"
    case .noAnnotation(let path, let picture, let near):
      "'\(path)' has no annotation of '\(picture)'"
        + (near.isEmpty
          ? ", going by its name"
          : "; of that name it has \(Self.list(near)), in other folders")
    case .ambiguous(let path, let picture, let masks):
      "'\(path)' has \(masks.count) annotations that could be of '\(picture)': \(Self.list(masks))"
    case .repeated(let path, let mask, let id):
      "'\(path)' describes segment \(id) of the mask '\(mask)' twice"
    case .undescribed(let path, let mask, let id):
      "segment \(id) is in the mask '\(mask)', but '\(path)' doesn't describe it"
    case .absent(let path, let mask, let id):
      "segment \(id) is described in '\(path)', but in no pixel of the mask '\(mask)'"
    case .noCategory(let path, let id, let mask):
      "'\(path)' says that a segment of '\(mask)' is of category \(id), which is not among its 'categories'"
    case .categoryZero(let path):
      """
      '\(path)' has segments of category 0, which can't be told from void here; number categories from 1 on
      """
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  /// Whether the job's settings are to blame and not one picture.
  package var isOfAll: Bool {
    switch self {
    case .notCOCO, .annotations, .categoryZero: true
    default: false
    }
  }
}

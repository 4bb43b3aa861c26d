/// Why a picture or what is known of its pixels can't be read from files.
package enum LabelFileError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(String)
  case unreadable(String)
  case depthSamples(path: String, channels: Int, bits: Int)
  case depthArray(path: String, type: String, shape: [Int])
  case maskSamples(path: String, channels: Int, bits: Int)
  case size(path: String, found: [Int], picture: [Int])
  case notCOCO(path: String, reason: String)
  case noAnnotation(path: String, stem: String)

  package var description: String {
    switch self {
    case .missing(let text), .unreadable(let text): text
    case .depthSamples(let path, let channels, let bits):
      "'\(path)' has \(channels) channels of \(bits) bits; a depth map is a grey PNG of 16 bits"
    case .depthArray(let path, let type, let shape):
      "'\(path)' holds \(type) of shape \(shape); a depth map is f32 of shape [height, width]"
    case .maskSamples(let path, let channels, let bits):
      "'\(path)' has \(channels) channels of \(bits) bits; COCO's masks have 3 of 8"
    case .size(let path, let found, let picture):
      "'\(path)' is \(found[0]) x \(found[1]), but its picture \(picture[0]) x \(picture[1])"
    case .notCOCO(let path, let reason): "'\(path)' is no COCO panoptic file: \(reason)"
    case .noAnnotation(let path, let stem):
      "'\(path)' has no picture whose file_name is '\(stem)' with an ending"
    }
  }

  /// Whether the job's settings are to blame and not one picture.
  package var isOfAll: Bool { if case .notCOCO = self { true } else { false } }
}

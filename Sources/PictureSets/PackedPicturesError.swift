/// Why a packed set of pictures can't be read.
package enum PackedPicturesError: Error, Hashable, CustomStringConvertible {
  case layout(path: String, found: [String])
  case images(path: String, found: [Int])
  case labels(path: String, labels: Int, pictures: Int)
  case offsets(path: String, picture: Int)
  case picture(path: String, picture: Int, reason: String)
  case numbers(path: String, name: String, type: String)
  case classes(path: String, reason: String)

  package var description: String {
    switch self {
    case .layout(let path, let found):
      "'\(path)' is no packed set of pictures: it needs 'images', or 'jpeg' and 'offsets'; it has \(found.prefix(8).joined(separator: ", "))"
    case .images(let path, let found):
      "'images' of '\(path)' must be u8 of shape [pictures, height, width, 3]; its shape is \(found)"
    case .labels(let path, let labels, let pictures):
      "'\(path)' has \(labels) labels for \(pictures) pictures"
    case .offsets(let path, let picture):
      "the offsets of picture \(picture) lie outside 'jpeg' of '\(path)'"
    case .picture(let path, let picture, let reason):
      "picture \(picture) of '\(path)' can't be decoded: \(reason)"
    case .numbers(let path, let name, let type):
      "'\(name)' of '\(path)' must hold whole numbers; it holds \(type)"
    case .classes(let path, let reason):
      "'\(path)' must be a JSON list of the classes' names: \(reason)"
    }
  }
}

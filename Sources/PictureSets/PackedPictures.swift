import Checkpoints
import ForeignJSON
import FoundationEssentials
import ImageCodecs
import TensorFiles

/// Reads sets of pictures that are packed into one safetensors file.
///
/// Two layouts are known. `images` (n, height, width, 3) of u8 holds samples; `jpeg` (bytes) with `offsets` (n + 1) holds
/// JPEG files back to back, the i-th from offset i to offset i + 1. `labels` (n), where there are some, number classes,
/// whose names are those of a file `classes.json`, a list of texts, in the same folder.
package enum PackedPictures {
  /// Reads a set.
  ///
  /// - Parameter path: The file.
  /// - Returns: All its pictures.
  /// - Throws: ``PackedPicturesError``, ``CheckpointError``.
  package static func read(_ path: String) throws -> PictureSet {
    let file = try Checkpoint(path: path)
    let labels = try file["labels"].map { try integers($0, file) }
    var set = PictureSet(classNames: try classNames(beside: path))
    if let images = file["images"] {
      try add(images, of: file, labels, to: &set)
    } else if let jpeg = file["jpeg"], let offsets = file["offsets"] {
      try add(jpeg, try integers(offsets, file), of: file, labels, to: &set)
    } else {
      throw PackedPicturesError.layout(path: path, found: file.entries.map(\.name))
    }
    return set
  }

  private static func add(
    _ images: CheckpointEntry, of file: Checkpoint, _ labels: [Int]?, to set: inout PictureSet
  ) throws {
    guard images.type == .u8, images.shape.count == 4, images.shape[3] == 3 else {
      throw PackedPicturesError.images(path: file.path, found: images.shape)
    }
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    try check(labels, count, file)
    try file.withBytes(images) { bytes in
      let samples = bytes.assumingMemoryBound(to: UInt8.self)
      for index in 0..<count {
        let size = height * width * 3
        let own = UnsafeBufferPointer(rebasing: samples[(index * size)..<((index + 1) * size)])
        set.add(own, height: height, width: width, label: labels?[index])
      }
    }
  }

  private static func add(
    _ jpeg: CheckpointEntry, _ offsets: [Int], of file: Checkpoint, _ labels: [Int]?,
    to set: inout PictureSet
  ) throws {
    try check(labels, offsets.count - 1, file)
    try file.withBytes(jpeg) { bytes in
      for index in 0..<max(0, offsets.count - 1) {
        let (start, end) = (offsets[index], offsets[index + 1])
        guard start >= 0, start <= end, end <= bytes.count else {
          throw PackedPicturesError.offsets(path: file.path, picture: index)
        }
        do {
          let picture = try PictureDecoder.decode(
            UnsafeRawBufferPointer(rebasing: bytes[start..<end]), maximumPixels: 1 << 26)
          try set.add(
            picture, label: labels?[index], named: "picture \(index) of '\(file.path)'")
        } catch {
          throw PackedPicturesError.picture(path: file.path, picture: index, reason: "\(error)")
        }
      }
    }
  }

  private static func check(_ labels: [Int]?, _ count: Int, _ file: Checkpoint) throws {
    if let labels, labels.count != count {
      throw PackedPicturesError.labels(path: file.path, labels: labels.count, pictures: count)
    }
  }

  private static func integers(_ entry: CheckpointEntry, _ file: Checkpoint) throws -> [Int] {
    try file.withBytes(entry) { bytes in
      switch entry.type {
      case .u8: bytes.map { Int($0) }
      case .u16: bytes.bindMemory(to: UInt16.self).map { Int($0) }
      case .i32: bytes.bindMemory(to: Int32.self).map { Int($0) }
      case .u32: bytes.bindMemory(to: UInt32.self).map { Int($0) }
      case .i64: bytes.bindMemory(to: Int64.self).map { Int($0) }
      default:
        throw PackedPicturesError.numbers(
          path: file.path, name: entry.name, type: entry.type.rawValue)
      }
    }
  }

  private static func classNames(beside path: String) throws -> [String] {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let file = "\(folder)classes.json"
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    do {
      return try ForeignJSON.decode([String].self, file: file)
    } catch {
      throw PackedPicturesError.classes(path: file, reason: "\(error)")
    }
  }
}

extension PictureSet {
  /// Adds a decoded picture; what is transparent lies on white.
  mutating func add(_ picture: Picture, label: Int?, named name: String) throws {
    let placement = PictureFit.stretch.place(
      width: picture.width, height: picture.height, into: picture.width, picture.height)
    let resizer = PictureResizer(
      width: picture.width, height: picture.height, placement: placement, channels: 3,
      filter: .nearest, background: 1)
    var pixels = [Float](repeating: 0, count: picture.width * picture.height * 3)
    pixels.withUnsafeMutableBufferPointer { resizer.resize(picture, into: $0) }
    let rgb = pixels.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
    rgb.withUnsafeBufferPointer {
      add(
        $0, height: picture.height, width: picture.width, label: label,
        damage: picture.damage.map { Damaged(name: name, reason: $0) })
    }
  }
}

import Glibc
package import ImageCodecs
import TensorFiles

/// A depth map from a file.
package struct DepthMap: Sendable {
  package let width: Int
  package let height: Int
  /// Row by row; 0 where there is none.
  package let metres: [Float]

  /// Reads a map.
  ///
  /// - Parameters:
  ///   - path: A 16-bit grey PNG, or `.npy` of f32 metres.
  ///   - unit: Metres to one step of a PNG's samples.
  /// - Throws: ``LabelFileError``.
  package init(path: String, unit: Double) throws(LabelFileError) {
    if path.hasSuffix(".npy") {
      (width, height, metres) = try Self.array(path)
      return
    }
    let picture = try LabelPicture.readExact(path, called: "depth map")
    guard picture.channels == 1, picture.bits == 16 else {
      throw .depthSamples(path: path, channels: picture.channels, bits: picture.bits)
    }
    (width, height) = (picture.width, picture.height)
    metres = picture.bytes.withMemoryRebound(to: UInt16.self) { samples in
      samples.map { Float(Double($0) * unit) }
    }
  }

  /// Reads the map that goes with a picture.
  ///
  /// - Parameters:
  ///   - path: The picture's.
  ///   - folder: Where its map is, as seen from the picture's folder.
  ///   - ending: What its name has in place of the picture's ending.
  ///   - unit: Metres to one step of a PNG's samples.
  ///   - picture: The picture, whose size it must have.
  /// - Throws: ``LabelFileError``.
  package init(
    besides path: String, folder: String, ending: String, unit: Double, of picture: Picture
  ) throws(LabelFileError) {
    let folder = PathParts.join(PathParts.folder(of: path), folder)
    let file = "\(folder)/\(PathParts.stem(of: path))\(ending)"
    try self.init(path: file, unit: unit)
    guard width == picture.width, height == picture.height else {
      throw .size(
        path: file, found: [width, height], picture: [picture.width, picture.height])
    }
  }

  private static func array(_ path: String) throws(LabelFileError) -> (Int, Int, [Float]) {
    let (entry, values) = try contents(of: path)
    let sizes =
      entry.shape.last == 1 && entry.shape.count == 3 ? entry.shape.dropLast() : entry.shape[...]
    guard entry.type == .f32, sizes.count == 2 else {
      throw .depthArray(path: path, type: entry.type.rawValue, shape: entry.shape)
    }
    return (sizes[1], sizes[0], values.map { $0.isFinite && $0 > 0 ? $0 : 0 })
  }

  /// The file's tensor; its values where they are f32.
  private static func contents(
    of path: String
  ) throws(LabelFileError) -> (TensorEntry, [Float]) {
    do {
      let reader = try TensorFileReader(path: path)
      let entry = try reader.entry(nil)
      guard entry.type == .f32 else { return (entry, []) }
      var values = [Float](repeating: 0, count: entry.count)
      try values.withUnsafeMutableBytes { try reader.read(entry, into: $0) }
      return (entry, values)
    } catch {
      if access(path, F_OK) != 0, errno == ENOENT {
        throw .missing("there is no depth map '\(path)'")
      }
      throw .unreadable("\(error)")
    }
  }
}

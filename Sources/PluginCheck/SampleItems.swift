import JobModel
import DurableFiles
import SampleFiles

/// Files to feed a stage that reads item files.
struct SampleItems: Sendable {
  /// What a sentence calls them.
  let name: String
  /// By item number, from the start again when there are more items.
  let paths: [String]

  func path(_ number: Int) -> String? { paths.isEmpty ? nil : paths[number % paths.count] }

  /// No files: items are numbers.
  static let none = SampleItems(name: "items without files", paths: [])

  /// Kinds of files to try in turn until a stage takes one; written into `folder`.
  static func candidates(in folder: String) throws(FileError) -> [SampleItems] {
    let pictures = try written("PNG pictures", "png", in: folder) {
      SamplePNG.bytes(width: 9, height: 6, shift: $0)
    }
    try SampleLabels.write((0..<4).map { "sample-\($0)" }, width: 9, height: 6, in: folder)
    return [
      pictures,
      try written("PPM pictures", "ppm", in: folder) { shift in
        Array("P6 9 6 255\n".utf8) + (0..<9 * 6 * 3).map { UInt8($0 * 3 % 200 + shift * 10) }
      },
      try written(".npy files of 4 x 3", "npy", in: folder) {
        SampleNPY.bytes(shape: [4, 3], shift: $0)
      },
      try written(".npy files of 6 x 6 x 6", "npy", named: "cube", in: folder) {
        SampleNPY.bytes(shape: [6, 6, 6], shift: $0)
      },
      try written("JSON files", "json", in: folder) { Array("{\"number\": \($0)}\n".utf8) },
      try written("text files", "txt", in: folder) { Array("line \($0)\n".utf8) },
    ]
  }

  private static func written(
    _ name: String, _ ending: String, named stem: String = "sample", in folder: String,
    _ bytes: (Int) -> [UInt8]
  ) throws(FileError) -> SampleItems {
    var paths: [String] = []
    for number in 0..<4 {
      let path = "\(folder)/\(stem)-\(number).\(ending)"
      try AtomicFile.write(bytes(number), to: path)
      paths.append(path)
    }
    return SampleItems(name: name, paths: paths)
  }
}

import FoundationEssentials
import ImageCodecs
import StageSDK
import Synchronization

/// Lays small copies of the first pictures of a job side by side in one picture.
final class SheetStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let columns: Int
    let tile: Int
    let limit: Int
    let label_names: [String]
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "sheet.write", version: "1.0.0",
    summary:
      "Writes a contact sheet: small copies of the first pictures, beside a second version if given.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "contact-sheet.png", isTemplate: true, "The file's name, ending in .png."),
      .integer("columns", default: 6, range: 1...100, "Pictures, or pairs of pictures, in a row."),
      .integer("tile", default: 160, range: 8...1024, "Pixels across and down of a small copy."),
      .integer(
        "limit", default: 48, range: 1...1000, "How many pictures are shown: the first of the job."),
      .strings(
        "label_names", default: [], count: 0...1 << 20,
        "What labels are called below the pictures, in the order of their numbers; [] for numbers."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures of 1 or 3 channels."),
      .tensor(
        "other", [.f32], ["N", "H2", "W2", "C2"],
        "Shown to the right of each: a reconstruction, a map.",
        optional: true),
      .tensor(
        "label", [.i32], ["N"], semantic: "label", "Written below each; nothing for -1.",
        optional: true),
    ], isDeterministic: true, reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  /// By number of the item; a pair lies side by side in one picture.
  private let tiles = Mutex<[Int: SheetTile]>([:])

  /// What is written below a picture.
  private func caption(_ label: Int32) -> String {
    let number = Int(label)
    if number < 0 { return "" }
    return parameters.label_names.indices.contains(number)
      ? parameters.label_names[number] : "\(number)"
  }

  init(parameters: Parameters, context: StageContext) throws {
    try Self.checkName(parameters)
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try checkName(parameters)
    for (port, shape) in inputs.sorted(by: { $0.key < $1.key }) {
      if let channels = shape.dimensions.last, channels >= 0 { try check(channels, port) }
    }
    return [:]
  }

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    let other = try batch.optionalInput("other")
    try Self.check(image.shape[3], "image")
    if let other { try Self.check(other.shape[3], "other") }
    try image.requirePixels("image")
    try other?.requirePixels("other")
    let labels = try batch.optionalInput("label").map { Array(try $0.bind(Int32.self)) }
    try batch.forEachItem { index in
      let number = batch.item(index).number
      guard wants(number) else { return }
      var parts = [try tile(image, index)]
      if let other { parts.append(try tile(other, index)) }
      var joined = Self.beside(parts, side: parameters.tile)
      if let label = labels?[index] { joined = joined.captioned(caption(label)) }
      tiles.withLock { tiles in
        tiles[number] = joined
        if tiles.count > parameters.limit, let last = tiles.keys.max() { tiles[last] = nil }
      }
    }
  }

  func saveState(to directory: String) throws {
    for (number, tile) in tiles.withLock({ $0 }) {
      let name = String(String(1_000_000_000_000 + number).dropFirst())
      try write(tile, to: "\(directory)/\(name).png")
    }
  }

  func loadState(from directory: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory)
    for name in names.sorted() where name.hasSuffix(".png") {
      guard let number = Int(name.dropLast(4)), wants(number) else { continue }
      let picture = try PictureFile.withBytes(of: "\(directory)/\(name)") {
        try PictureDecoder.decode($0, maximumPixels: 1 << 24)
      }
      let tile = SheetTile(width: picture.width, height: picture.height, rgb: Array(picture.bytes))
      tiles.withLock { tiles in
        tiles[number] = tile
        if tiles.count > parameters.limit, let last = tiles.keys.max() { tiles[last] = nil }
      }
    }
  }

  func finish() throws {
    let shown = tiles.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    guard let first = shown.first else {
      return context.log(.warning, "no pictures for a contact sheet: all items failed")
    }
    let path = try context.outputFile(
      name: parameters.name, existing: parameters.exists, role: .preview)
    let columns = min(parameters.columns, shown.count)
    let rows = (shown.count + columns - 1) / columns
    let gap = 4
    let (width, height) = (
      columns * (first.width + gap) + gap, rows * (first.height + gap) + gap
    )
    var rgb = [UInt8](repeating: 255, count: width * height * 3)
    for (index, tile) in shown.enumerated() {
      let left = gap + index % columns * (first.width + gap)
      let top = gap + index / columns * (first.height + gap)
      for y in 0..<tile.height {
        let start = ((top + y) * width + left) * 3
        let row = tile.rgb[(y * tile.width * 3)..<((y + 1) * tile.width * 3)]
        rgb.replaceSubrange(start..<(start + row.count), with: row)
      }
    }
    try write(SheetTile(width: width, height: height, rgb: rgb), to: path)
  }

  /// False for a picture that comes after the ones that will be shown.
  private func wants(_ number: Int) -> Bool {
    tiles.withLock { tiles in
      tiles.count < parameters.limit || number < tiles.keys.max() ?? Int.max
    }
  }

  private func tile(_ image: TensorView, _ index: Int) throws -> Picture {
    let picture = Picture(
      pixels: try image.row(index, Float.self), width: image.shape[2], height: image.shape[1],
      channels: image.shape[3])
    let placement = PictureFit.pad.place(
      width: picture.width, height: picture.height, into: parameters.tile, parameters.tile)
    return picture.placed(placement, filter: .bilinear, background: 1)
  }

  /// One or two small copies in one row of RGB.
  private static func beside(_ parts: [Picture], side: Int) -> SheetTile {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(parts.count * side * side * 3)
    for y in 0..<side {
      for part in parts {
        let row = part.bytes[(y * side * part.channels)..<((y + 1) * side * part.channels)]
        if part.channels == 3 {
          rgb += row
        } else {
          for value in row { rgb += [value, value, value] }
        }
      }
    }
    return SheetTile(width: side * parts.count, height: side, rgb: rgb)
  }

  private func write(_ tile: SheetTile, to path: String) throws {
    let picture = Picture(width: tile.width, height: tile.height, rgb: tile.rgb)
    try PictureEncoder.encode(picture, as: .png(bits: 8, .balanced)) {
      try OutputBytes.write($0, to: path)
    }
  }

  private static func checkName(_ parameters: Parameters) throws {
    guard parameters.name.hasSuffix(".png") else {
      throw StageError(
        .config, "'\(parameters.name)' must end in .png, a contact sheet's format",
        parameter: "name")
    }
  }

  private static func check(_ channels: Int, _ port: String) throws {
    guard channels == 1 || channels == 3 else {
      throw StageError(
        .config, "a contact sheet shows pictures of 1 or 3 channels; '\(port)' has \(channels)")
    }
  }
}

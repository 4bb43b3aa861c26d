import FoundationEssentials
import ImageCodecs
import LabelFiles
import StageSDK
import Synchronization

/// Writes panoptic labels as COCO does, and as an overlay with a legend for people.
final class PanopticWriteStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let overlay: String
    let json: String
    let categories: [String]
    let things: [String]?
    let firstCategory: Int
    let categorySet: CategorySet?
    let exists: String?

    enum CodingKeys: String, CodingKey {
      case name, overlay, json, categories, things, exists, firstCategory = "first_category"
      case categorySet = "category_set"
    }

    func names() throws -> CategoryNames {
      try CategoryNames(
        categories, things: things, first: firstCategory, set: categorySet)
    }
  }

  static let descriptor = StageDescriptor(
    id: "panoptic.write", version: "1.1.0",
    summary: "Writes panoptic labels as COCO PNG and JSON, and as overlays with a legend.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "{item.stem}.png", isTemplate: true, "The mask's name, ending in .png."),
      .string(
        "overlay", default: "{item.stem}.overlay.png", isTemplate: true, mayBeEmpty: true,
        "The overlay's name; empty for none."),
      .string(
        "json", default: "panoptic.json", isTemplate: true,
        "The name of the file that says what segments are."),
      .strings(
        "categories", default: [], count: 0...10_000,
        "Names of the categories, of number 1 and on; others are called by their number."),
      .optionalStrings(
        "things", count: 0...10_000,
        "Those of them that are counted one by one; all when left out."),
      CategoryNames.first,
      CategorySet.parameter("A known list in place of 'categories' and 'things'"),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about files of that name from before this job."),
    ],
    inputs: [
      .tensor(
        "panoptic", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids",
        "Category and number of the segment."),
      .tensor(
        "image", [.f32], ["N", "H2", "W2", 3], semantic: "image.rgb",
        "What the overlay lies on; of the same size.", optional: true),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let names: CategoryNames
  private let written = Mutex<[Entry]>([])

  /// What the JSON file says of one picture.
  private struct Entry: Codable {
    var number: Int
    var picture: COCOPanoptic.Picture
    var annotation: COCOPanoptic.Annotation
  }

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    names = try parameters.names()
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    return [:]
  }

  private static func check(_ parameters: Parameters) throws {
    for (key, name) in [("name", parameters.name), ("overlay", parameters.overlay)]
    where !(key == "overlay" && name.isEmpty) && !name.lowercased().hasSuffix(".png") {
      throw StageError(.config, "'\(name)' doesn't end in .png", parameter: key)
    }
    _ = try parameters.names()
  }

  func process(_ batch: Batch) throws {
    let panoptic = try batch.input("panoptic")
    try panoptic.requirePixels("panoptic")
    let image = try batch.optionalInput("image")
    let (height, width) = (panoptic.shape[1], panoptic.shape[2])
    try batch.forEachItem { index in
      let labels = try panoptic.row(index, Int32.self)
      let segments = LabelSegments(labels, width: width)
      let path = try batch.outputFile(
        item: index, name: parameters.name, existing: parameters.exists)
      try segments.mask(width: width, height: height).write(to: path)
      let item = batch.item(index)
      let name = Self.relative(path, parameters.name, item.id)
      let entry = Entry(
        number: item.number,
        picture: COCOPanoptic.Picture(
          id: item.number, fileName: item.id, width: width, height: height),
        annotation: COCOPanoptic.Annotation(
          imageID: item.number, fileName: name, segments: segments.described))
      written.withLock { $0.append(entry) }
      guard !parameters.overlay.isEmpty else { return }
      let pixels = try image.flatMap { image in
        image.shape[1] == height && image.shape[2] == width ? try image.row(index, Float.self) : nil
      }
      let overlay = try batch.outputFile(
        item: index, name: parameters.overlay, existing: parameters.exists, role: .preview)
      try PanopticOverlay(segments, names: names).canvas(
        over: pixels, width: width, height: height
      ).write(to: overlay)
    }
  }

  func saveState(to directory: String) throws {
    let sorted = written.withLock { $0.sorted { $0.number < $1.number } }
    try SavedState.write(sorted, to: "\(directory)/segments.json")
  }

  func loadState(from directory: String) throws {
    let loaded = try SavedState.read([Entry].self, "\(directory)/segments.json")
    written.withLock { $0 += loaded }
  }

  func finish() throws {
    let entries = written.withLock { $0.sorted { $0.number < $1.number } }
    let found = Set(entries.flatMap { $0.annotation.segments.map(\.categoryID) })
    let numbers = parameters.categorySet?.numbers ?? CategoryNumbers([])
    let coco = COCOPanoptic(
      images: entries.map(\.picture),
      annotations: entries.map { entry in
        var annotation = entry.annotation
        for index in annotation.segments.indices {
          annotation.segments[index].categoryID = numbers.id(
            ofNumber: annotation.segments[index].categoryID)
        }
        return annotation
      },
      categories: listed(found).map {
        COCOPanoptic.Category(
          id: numbers.id(ofNumber: $0), name: names.name($0), isThing: names.isThing($0) ? 1 : 0)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let path = try context.outputFile(
      name: parameters.json, existing: parameters.exists, role: .table)
    try write(try encoder.encode(coco) + Data("\n".utf8), to: path)
  }

  /// The most categories without names that are listed because one of a higher number occurs.
  private static let mostUnnamed = 10_000

  /// Numbers of the categories that the file lists: those with names, and all below the highest that occurs, so that
  /// each is in the place of its number.
  private func listed(_ found: Set<Int>) -> [Int] {
    let all = found.union(names.numbers)
    guard let highest = all.max(), highest <= Self.mostUnnamed else { return all.sorted() }
    return all.union(names.first..<(max(names.first, highest) + 1)).sorted()
  }

  /// A mask's path below the output folder, where the JSON file looks for it: as many parts as its template makes.
  private static func relative(_ path: String, _ template: String, _ item: String) -> String {
    let folder = item.split(separator: "/").dropLast().joined(separator: "/")
    let count = template.replacing("{item.dir}", with: folder).split(separator: "/").count
    return path.split(separator: "/").suffix(count).joined(separator: "/")
  }

  private func write(_ data: Data, to path: String) throws {
    try data.withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }
}

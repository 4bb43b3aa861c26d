import FoundationEssentials
import Metrics
import StageSDK
import Synchronization

/// Measures panoptic labels against the truth over a whole job: PQ, SQ and RQ as COCO's evaluation has them.
final class PanopticMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let categories: [String]
    let things: [String]?
    let firstCategory: Int
    let categorySet: CategorySet?
    let exists: String?

    enum CodingKeys: String, CodingKey {
      case name, categories, things, exists, firstCategory = "first_category"
      case categorySet = "category_set"
    }

    func names() throws -> CategoryNames {
      try CategoryNames(
        categories, things: things, first: firstCategory, set: categorySet)
    }
  }

  static let descriptor = StageDescriptor(
    id: "panoptic.metrics", version: "1.1.0",
    summary: "Measures panoptic quality: PQ, SQ and RQ of all, of things and of stuff.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "panoptic-metrics", isTemplate: true,
        "Of the tables NAME.json and NAME.csv, a line for each category."),
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
        "panoptic", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids", "Predicted."),
      .tensor(
        "reference", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids",
        "The truth; 0 and 0 for void, negative numbers for crowds."),
      .tensor(
        "absent", [.i32], ["N", "K", 2], semantic: "panoptic.absent",
        "Segments of the truth without pixels, as panoptic.read gives them; they are missed.",
        optional: true),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let names: CategoryNames
  /// By number of the item, so that sums are added up in the same order however items were split.
  private let scores = Mutex<[Int: [Int: PanopticQuality.Counts]]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    names = try parameters.names()
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try parameters.names()
    return [:]
  }

  func process(_ batch: Batch) throws {
    let (panoptic, reference) = (try batch.input("panoptic"), try batch.input("reference"))
    try panoptic.requirePixels("panoptic")
    let absent = try batch.optionalInput("absent")
    try batch.forEachItem { index in
      let predicted = LabelSegments(
        try panoptic.row(index, Int32.self), width: panoptic.shape[2])
      let truth = LabelSegments(try reference.row(index, Int32.self), width: reference.shape[2])
      let lost = try absent.map { try $0.row(index, Int32.self) }.map(Array.init) ?? []
      var quality = PanopticQuality()
      do {
        try quality.add(
          predicted: predicted.ids, predicted.scored, truth: truth.ids,
          truth.scored + truth.unseen(lost))
      } catch { throw StageError(.input, "\(error)") }
      scores.withLock { $0[batch.item(index).number] = quality.counts }
    }
  }

  func saveState(to directory: String) throws {
    try SavedState.write(scores.withLock { $0 }, to: "\(directory)/counts.json")
  }

  func loadState(from directory: String) throws {
    let loaded = try SavedState.read(
      [Int: [Int: PanopticQuality.Counts]].self, "\(directory)/counts.json")
    scores.withLock { $0.merge(loaded) { $1 } }
  }

  func finish() throws {
    let all = scores.withLock { $0.sorted { $0.key < $1.key } }
    var quality = PanopticQuality()
    for (_, counts) in all { quality.add(PanopticQuality(counts: counts)) }
    let known = Set(quality.counts.keys)
    warnOfZero(known)
    let things = known.filter(names.isThing)
    let summary = Summary(
      items: all.count, all: Summary.Row(quality.averages()),
      things: Summary.Row(quality.averages(over: things)),
      stuff: Summary.Row(quality.averages(over: known.subtracting(things))),
      perCategory: Dictionary(
        quality.counts.sorted { $0.key < $1.key }.map {
          (names.name($0.key), Summary.Row($0.value))
        }, uniquingKeysWith: { named, _ in named }))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try write(try encoder.encode(summary) + Data("\n".utf8), to: try output(".json"))
    var table = "category,pq,sq,rq,tp,fp,fn\n"
    for (category, counts) in quality.counts.sorted(by: { $0.key < $1.key }) {
      let row = counts.quality
      let numbers = [row.panoptic, row.segmentation, row.recognition].map {
        counts.isEmpty ? "" : "\($0)"
      }
      table += "\(CSV.field(names.name(category))),\(numbers.joined(separator: ","))"
      table += ",\(counts.truePositives),\(counts.falsePositives),\(counts.falseNegatives)\n"
    }
    try write(Data(table.utf8), to: try output(".csv"))
  }

  private struct Summary: Encodable {
    /// Null where no segment was there to be found.
    struct Row: Encodable {
      let pq, sq, rq: OrNull<Double>
      let categories: Int

      init(_ averages: PanopticQuality.Averages) {
        let isMeasured = averages.categories > 0
        pq = OrNull(isMeasured ? averages.panoptic : nil)
        sq = OrNull(isMeasured ? averages.segmentation : nil)
        rq = OrNull(isMeasured ? averages.recognition : nil)
        categories = averages.categories
      }

      init(_ counts: PanopticQuality.Counts) {
        var quality = counts.quality
        if counts.isEmpty { quality.categories = 0 }
        self.init(quality)
      }
    }

    let items: Int
    let all, things, stuff: Row
    let perCategory: [String: Row]

    enum CodingKeys: String, CodingKey {
      case items, all, things, stuff, perCategory = "per_category"
    }
  }

  /// Names that are off by one are nothing that numbers show.
  private func warnOfZero(_ categories: Set<Int>) {
    guard categories.contains(0), !names.names.isEmpty, names.first == 1 else { return }
    context.log(
      .warning,
      "category 0 occurs, but 'categories' names those from 1 on; say 'first_category: 0' if the first name is its own"
    )
  }

  private func output(_ ending: String) throws -> String {
    try context.outputFile(
      name: parameters.name + ending, existing: parameters.exists, role: .table)
  }

  private func write(_ data: Data, to path: String) throws {
    try data.withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }
}

extension LabelSegments {
  /// A number for each pixel's segment, from 1 on; 0 for void.
  fileprivate var ids: [UInt32] { pixels.map { UInt32(($0 ?? -1) + 1) } }

  /// Segments without pixels, given as category and number; 0 for none.
  fileprivate func unseen(_ values: [Int32]) -> [PanopticQuality.Segment] {
    (0..<values.count / 2).filter { values[2 * $0 + 1] > 0 }.map { place in
      PanopticQuality.Segment(
        id: UInt32(segments.count + place + 1), category: Int(values[2 * place]))
    }
  }

  /// The segments as metrics take them.
  fileprivate var scored: [PanopticQuality.Segment] {
    segments.enumerated().map { index, segment in
      PanopticQuality.Segment(
        id: UInt32(index + 1), category: Int(segment.category), isCrowd: segment.number < 0)
    }
  }
}

import Foundation
import ImageCodecs
import Metrics
import Testing

@Suite struct PanopticQualityTests {
  private struct Annotations: Decodable {
    struct Annotation: Decodable {
      let file_name: String
      let segments_info: [Segment]
    }
    struct Segment: Decodable {
      let id: UInt32
      let category_id: Int
      let area: Int?
      let iscrowd: Int?
    }
    let annotations: [Annotation]
  }

  private struct Expected: Decodable {
    struct Row: Decodable {
      let pq, sq, rq: Double
    }
    let All, Things, Stuff: Row
    let per_class: [String: Row]
  }

  private struct Category: Decodable {
    let id: Int
    let isthing: Int
  }

  private static func url(_ path: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appending(path: "Golden/panoptic/\(path)")
  }

  private static func json<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
  }

  private static func ids(_ path: String) throws -> [UInt32] {
    let picture = try PictureFile.withBytes(of: url(path).path()) {
      try PictureDecoder.decode($0, maximumPixels: 1 << 24)
    }
    try #require(picture.channels == 3 && picture.bits == 8)
    let bytes = picture.bytes
    return (0..<(picture.width * picture.height)).map {
      UInt32(bytes[3 * $0]) | UInt32(bytes[3 * $0 + 1]) << 8 | UInt32(bytes[3 * $0 + 2]) << 16
    }
  }

  /// Numbers of the COCO panoptic API; `Golden/README.md` says which.
  @Test(arguments: ["identity", "shift8", "drop-small"])
  func equalsTheReference(name: String) throws {
    let truth = try Self.json(Annotations.self, "truth.json")
    let predictions = try Self.json(Annotations.self, "\(name)/pred.json")
    let expected = try Self.json(Expected.self, "\(name)/pq-expected.json")
    var quality = PanopticQuality()
    for annotation in truth.annotations {
      let prediction = try #require(
        predictions.annotations.first { $0.file_name == annotation.file_name })
      try quality.add(
        predicted: Self.ids("\(name)/pred/\(annotation.file_name)"),
        prediction.segments_info.map {
          PanopticQuality.Segment(id: $0.id, category: $0.category_id)
        },
        truth: Self.ids("truth/\(annotation.file_name)"),
        annotation.segments_info.map {
          PanopticQuality.Segment(
            id: $0.id, category: $0.category_id, isCrowd: $0.iscrowd == 1, area: $0.area)
        })
    }
    let categories = try Self.json([Category].self, "categories.json")
    func ids(_ isThing: Int) -> Set<Int> {
      Set(categories.filter { $0.isthing == isThing }.map(\.id))
    }
    for (found, row) in [
      (quality.averages(), expected.All), (quality.averages(over: ids(1)), expected.Things),
      (quality.averages(over: ids(0)), expected.Stuff),
    ] {
      #expect(abs(found.panoptic - row.pq) < 1e-6)
      #expect(abs(found.segmentation - row.sq) < 1e-6)
      #expect(abs(found.recognition - row.rq) < 1e-6)
    }
    for (category, row) in expected.per_class {
      let found = quality.counts[try #require(Int(category))]?.quality
      #expect(abs((found?.panoptic ?? 0) - row.pq) < 1e-6, "category \(category)")
    }
  }

  private func quality(
    _ predicted: [UInt32], _ segments: [PanopticQuality.Segment], _ truth: [UInt32],
    _ truths: [PanopticQuality.Segment]
  ) throws -> PanopticQuality.Counts {
    var quality = PanopticQuality()
    try quality.add(predicted: predicted, segments, truth: truth, truths)
    return quality.counts[1] ?? PanopticQuality.Counts()
  }

  private let one = [PanopticQuality.Segment(id: 1, category: 1)]

  @Test func voidTakesNoPartInUnions() throws {
    let counts = try quality([1, 1, 1, 1], one, [1, 1, 0, 0], one)
    #expect(counts.truePositives == 1 && counts.intersectionOverUnion == 1)
  }

  @Test func halfAnOverlapIsNoMatch() throws {
    let counts = try quality([1, 0], one, [1, 1], one)
    #expect(counts.truePositives == 0 && counts.falsePositives == 1 && counts.falseNegatives == 1)
  }

  @Test func segmentsOnVoidOrCrowdAreNoFault() throws {
    #expect(try quality([1, 1, 1, 0], one, [0, 0, 2, 2], []).falsePositives == 0)
    #expect(try quality([1, 1, 0, 0], one, [0, 2, 2, 2], []).falsePositives == 1)
    let crowd = [PanopticQuality.Segment(id: 2, category: 1, isCrowd: true)]
    let counts = try quality([1, 1, 1, 0], one, [2, 2, 3, 3], crowd)
    #expect(counts.falsePositives == 0 && counts.falseNegatives == 0)
  }

  @Test func saysWhatDoesNotFit() {
    var quality = PanopticQuality()
    func message(_ predicted: [UInt32], _ segments: [PanopticQuality.Segment]) -> String? {
      #expect(throws: PanopticError.self) {
        try quality.add(predicted: predicted, segments, truth: [1, 1], one)
      }?.description
    }
    #expect(
      message([1], one) == "the prediction has 1 pixels, its truth 2; they must be of one size")
    #expect(
      message([1, 7], one) == "segment 7 is in the prediction's pixels, but not among its segments")
    #expect(
      message([0, 0], one)
        == "segment 1 is among the prediction's segments, but in none of its pixels")
  }
}

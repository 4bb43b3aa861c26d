import Foundation
import LatticeDriver
import Testing

/// Panoptic labels as other programs write them; expected qualities are those of `panopticapi.evaluation`.
@Suite(.blocking) struct PanopticCases {
  private func quality(_ name: String) throws -> Double {
    let folder = try CaseFolder(name)
    try folder.fillInRoot()
    try folder.run()
    try #require(folder.status == 0, "\(folder.log)\(folder.reasons)")
    return 100 * (try #require(try folder.number("out/panoptic-metrics.json", "all", "pq")))
  }

  @Test(arguments: [
    ("panoptic-box-with-a-fraction", 74.789), ("panoptic-category-zero", 74.789),
    ("panoptic-ids-of-pictures-are-text", 74.789), ("panoptic-nan-in-an-unused-key", 74.789),
    ("panoptic-prediction-without-area", 74.789), ("panoptic-true-and-false", 74.789),
    ("panoptic-same-name-in-two-folders", 60.7852),
  ])
  func theQualityIsThatOfPanopticapi(name: String, expected: Double) throws {
    #expect(abs(try quality(name) - expected) < 0.01)
  }

  @Test func aSegmentOfTheTruthWithoutPixelsIsNamed() throws {
    let folder = try CaseFolder("panoptic-truth-segment-without-pixels")
    try folder.fillInRoot()
    try folder.run()
    #expect(folder.status == 3, "\(folder.log)")
    #expect(folder.reasons.contains("4242"), "\(folder.reasons)")
    #expect(
      folder.reasons.contains(
        "; to count it as missed, say 'mismatch: count' and give 'absent' to panoptic.metrics"),
      "\(folder.reasons)")
  }

  /// As panopticapi has it: missed.
  @Test func aSegmentOfTheTruthWithoutPixelsIsCountedAsMissed() throws {
    let folder = try CaseFolder("panoptic-truth-segment-without-pixels")
    try folder.fillInRoot()
    let spec = try String(contentsOf: folder.file("spec.yaml"), encoding: .utf8)
      .replacing("gt.json\",", with: "gt.json\", mismatch: count,")
      .replacing(
        "reference: truth.panoptic", with: "reference: truth.panoptic, absent: truth.absent")
    try Data(spec.utf8).write(to: folder.file("spec.yaml"))
    try folder.run()
    try #require(folder.status == 0, "\(folder.log)\(folder.reasons)")
    let quality = try #require(try folder.number("out/panoptic-metrics.json", "all", "pq"))
    #expect(abs(100 * quality - 72.2493) < 0.0001)
  }

  @Test func aSegmentThatTheJSONLacksIsNamed() throws {
    let folder = try CaseFolder("panoptic-mask-has-a-segment-the-json-lacks")
    try folder.fillInRoot()
    try folder.run()
    #expect(folder.status == 3)
    #expect(folder.reasons.contains("segment 12"), "\(folder.reasons)")
  }

  @Test func aMissingMaskIsSaidToBeMissing() throws {
    let folder = try CaseFolder("panoptic-mask-missing")
    try folder.fillInRoot()
    try folder.run()
    #expect(folder.status == 3, "\(folder.log)")
    #expect(!folder.reasons.contains("any more"), "\(folder.reasons)")
  }

  @Test func missingAnnotationsAreFoundBeforeAnythingRuns() throws {
    let folder = try CaseFolder("panoptic-annotations-file-missing")
    try folder.fillInRoot()
    try FileManager.default.removeItem(at: folder.file("gt.json"))
    try folder.command(["check", "spec.yaml"])
    #expect(folder.status == 2, "\(folder.log)")
    #expect(folder.log.contains("gt.json"), "\(folder.log)")
    for word in ["CocoaError", "NSFilePath", "Code(rawValue"] {
      #expect(!folder.log.contains(word), "\(folder.log)")
    }
  }
}

import Foundation
import LatticeDriver
import Testing

/// Tensor files of other programs, measures of nothing, values beyond a format's range.
@Suite(.blocking) struct TensorCases {
  @Test(arguments: [
    "safetensors-null-metadata", "safetensors-with-a-complex-neighbour",
    "safetensors-with-an-f8-neighbour",
  ])
  func aTensorIsReadWhateverStandsBesideIt(name: String) throws {
    let folder = try CaseFolder(name)
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)\(folder.reasons)")
    let (found, expected) = (try folder.floats("out/out.npy"), try folder.floats("expected.npy"))
    #expect(found.header == expected.header)
    #expect(found.values.map(\.bitPattern) == expected.values.map(\.bitPattern))
  }

  @Test func bf16ComesBackFromNPY() throws {
    let folder = try CaseFolder("bf16-npy-comes-back")
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)")
    try folder.run("second.yaml", out: "out2", work: "work2")
    #expect(folder.status == 0, "\(folder.log)\(folder.reasons)")
    let first = try Data(contentsOf: folder.file("in/x.safetensors")).suffix(12)
    let again = try Data(contentsOf: folder.file("out2/again.safetensors")).suffix(12)
    #expect(Array(first) == Array(again))
  }

  @Test func truthValuesAreRead() throws {
    let folder = try CaseFolder("npy-of-truth-values")
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)\(folder.reasons)")
    let source = try Data(contentsOf: folder.file("in/bool.npy")).suffix(24)
    #expect(try Array(Data(contentsOf: folder.file("out/out.npy")).suffix(24)) == Array(source))
  }

  @Test func recordsAreNamed() throws {
    let folder = try CaseFolder("npy-of-records")
    try folder.run()
    #expect(folder.status != 0)
    #expect(!folder.reasons.contains("is not a dictionary"), "\(folder.reasons)")
    #expect(folder.reasons.contains("record"), "\(folder.reasons)")
  }

  @Test func metricsOfNothingAreNull() throws {
    let folder = try CaseFolder("depth-metrics-of-nothing")
    try folder.run()
    let path = folder.file("out/depth-metrics.json")
    guard FileManager.default.fileExists(atPath: path.path()) else { return }
    let text = try String(contentsOf: path, encoding: .utf8).filter { !$0.isWhitespace }
    #expect(text.contains(#""rmse":null"#), "\(text)")
  }

  @Test func depthBeyondTheFormatIsTold() throws {
    let folder = try CaseFolder("depth-beyond-65-metres")
    try folder.run()
    let words = folder.log + folder.stageLogs
    #expect(folder.status != 0 || words.contains("beyond") || words.contains("range"), "\(words)")
  }

  @Test func aConfigurationThatDoesNotFitIsNamedByFileAndKey() throws {
    let folder = try CaseFolder("import-config-with-a-fraction")
    try folder.run()
    #expect(folder.status != 0)
    #expect(!folder.log.contains("DecodingError"), "\(folder.log)")
    #expect(
      folder.log.contains("config.json") && folder.log.contains("embedding_dim"), "\(folder.log)")
  }
}

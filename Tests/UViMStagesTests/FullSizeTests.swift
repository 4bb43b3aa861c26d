import Autograd
import DurableFiles
import Foundation
import LatticeDriver
import ModelFiles
import TensorCore
import TensorFiles
import Testing
import UViM

/// The published sizes of the authors' depth model through the built binaries.
@Suite(.blocking) struct FullSizeTests {
  private static func configuration() throws -> UViMConfiguration {
    UViMConfiguration(
      task: .depth,
      stageOne: try StageOneConfiguration(
        inputs: ["depth": [256, 256]], inputSize: 512, patchSize: 16, codeLength: 256, width: 768,
        encoderDepth: 6, decoderDepth: 12, mlpWidth: 3072, heads: 12, dictionarySize: 4096,
        codewordWidth: 768),
      stageTwo: try StageTwoConfiguration(
        layers: 24, heads: 16, mlpWidth: 4096, width: 1024, patchSize: 16, inputSize: 512,
        codeLength: 256, vocabulary: 4097),
      depthRange: [0.001, 10])
  }

  /// 232 and 716 million weights in bf16, a picture of 512 pixels to its depth, in less than 6 GiB.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["LATTICE_TEST_LONG"] != nil, "takes minutes"))
  func depthOfAPicture() throws {
    let lattice = try Lattice()
    let configuration = try Self.configuration()
    let model = UViMModel(configuration, start: .unset)
    func count(_ prefix: String) -> Int {
      model.savedParameters.filter { $0.name.hasPrefix(prefix) }
        .reduce(0) { $0 + $1.value.shape.count }
    }
    #expect(count("stage1/") == 232_249_600 + 3_149_824)
    #expect(count("stage2/") == 715_729_921)

    let folder = lattice.file("spool/models/full/1")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // The configuration's file, written with no weights; those follow as zeros that take no room on the disk.
    try ModelDirectory(folder.path()).write(
      kind: UViMConfiguration.kind, configuration: configuration, parameters: ParameterSet([]),
      weights: .bf16)
    let tensors = model.savedParameters.map { ($0.name, ScalarType.bf16, $0.value.shape.sizes) }
    let header = try SafetensorsHeader.bytes(tensors, metadata: [:], alignment: 64)
    let weights = folder.appending(path: "model.safetensors")
    try Data(header).write(to: weights)
    let handle = try FileHandle(forWritingTo: weights)
    let numbers = tensors.reduce(0) { $0 + $1.2.reduce(1, *) }
    try handle.truncate(atOffset: UInt64(header.count + 2 * numbers))
    try handle.close()
    let manifest = ModelManifest.text(try ModelManifest.entries(of: folder.path()))
    try Data(manifest.utf8).write(to: folder.appending(path: ModelManifest.name))

    let run = try lattice.spec(
      "full",
      """
      input: { scenes: { count: 1 } }
      stages:
        - { id: render, use: scenes.render@1, params: { size: 512 } }
        - { id: depth, use: uvim.depth@1, model: full@1, in: { image: render.image } }
        - { id: save, use: depth.write@1, in: { depth: depth.depth } }
      limits: { cpus: 2, memory: 6GiB, time: 1h }
      """)
    try #require(run.status == 0, "\(run.talk)")
    struct Result: Decodable {
      let peakMemoryBytes: Int
    }
    let text = try lattice.jobFile("full", "result.json")
    let result = try JSONDecoder().decode(Result.self, from: Data(text.utf8))
    #expect(result.peakMemoryBytes < 6 << 30)
  }
}

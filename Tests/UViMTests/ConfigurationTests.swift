import Autograd
import Checkpoints
import FSQ
import Foundation
import TensorCore
import TensorFiles
import Testing
import UViM

@Suite struct ConfigurationTests {
  private func stageOne(
    inputs: [String: [Int]] = ["depth": [16, 64]], patch: Int = 8, codes: Int = 16,
    heads: Int = 4, dictionary: Int = 32
  ) throws(UViMError) -> StageOneConfiguration {
    try StageOneConfiguration(
      inputs: inputs, inputSize: 64, patchSize: patch, codeLength: codes, width: 64,
      encoderDepth: 2, decoderDepth: 2, mlpWidth: 128, heads: heads, dictionarySize: dictionary,
      codewordWidth: 64)
  }

  private func message(_ body: () throws(UViMError) -> StageOneConfiguration) -> String? {
    do throws(UViMError) { _ = try body() } catch { return error.description }
    return nil
  }

  @Test func saysWhatCannotBe() {
    #expect(message { () throws(UViMError) in try stageOne() } == nil)
    #expect(
      message { () throws(UViMError) in try stageOne(patch: 7) }
        == "'patch_size' is 7, but must be a divisor of 'input_size', which is 64")
    #expect(
      message { () throws(UViMError) in try stageOne(codes: 12) }
        == "'code_len' is 12, but must be a square number")
    #expect(
      message { () throws(UViMError) in try stageOne(heads: 5) }
        == "'num_heads' is 5, but must be a divisor of 'width', which is 64")
    #expect(
      message { () throws(UViMError) in try stageOne(inputs: ["depth": [16, 49]]) }
        == "'inputs.depth' is [16, 49], but must be [values of a pixel, 64]: a patch has 64 pixels")
  }

  @Test func scalarQuantizationFixesTheSizes() throws {
    let json = #"{"kind": "fsq", "levels": [8, 5]}"#
    let kind = try JSONDecoder().decode(CodeQuantizerKind.self, from: Data(json.utf8))
    #expect(kind == .finiteScalar(levels: [8, 5], isStandardized: false, variant: .google))
    let error = #expect(throws: UViMError.self) {
      _ = try StageOneConfiguration(
        inputs: ["depth": [16, 64]], inputSize: 64, patchSize: 8, codeLength: 16, width: 64,
        encoderDepth: 2, decoderDepth: 2, mlpWidth: 128, heads: 4, dictionarySize: 32,
        codewordWidth: 2, quantizer: kind)
    }
    #expect(
      error?.description
        == "'dict_size' is 32, but must be 40, the product of 'quantizer.levels'")
  }

  /// Nine levels of 256 are 2^72 codes: said, not multiplied out.
  @Test func levelsThatOverflowAreRefused() throws {
    let levels = [Int](repeating: 256, count: 9)
    let error = #expect(throws: UViMError.self) {
      _ = try StageOneConfiguration(
        inputs: ["depth": [16, 64]], inputSize: 64, patchSize: 8, codeLength: 16, width: 64,
        encoderDepth: 2, decoderDepth: 2, mlpWidth: 128, heads: 4, dictionarySize: 32,
        codewordWidth: 9, quantizer: .finiteScalar(levels: levels, isStandardized: false))
    }
    #expect(
      error?.description
        == "'quantizer.levels' is \(levels), but must be 1 to 16 numbers of at least 2 whose product is at most 2147483647"
    )
    let huge = #expect(throws: UViMError.self) {
      _ = try StageOneConfiguration(
        inputs: ["depth": [16, 64]], inputSize: 64, patchSize: 8, codeLength: 1 << 62, width: 64,
        encoderDepth: 2, decoderDepth: 2, mlpWidth: 128, heads: 4, dictionarySize: 32,
        codewordWidth: 8)
    }
    #expect(
      huge?.description == "'code_len' is \(1 << 62), but must be 1 to 16777216")
  }

  @Test func configurationsComeBack() throws {
    let stage = try StageOneConfiguration(
      inputs: ["depth": [16, 64]], inputSize: 64, patchSize: 8, codeLength: 16, width: 64,
      encoderDepth: 2, decoderDepth: 2, mlpWidth: 128, heads: 4, dictionarySize: 64,
      codewordWidth: 2,
      quantizer: .finiteScalar(levels: [8, 8], isStandardized: false, variant: .ifsq),
      hasAbsentCode: true)
    let json = try JSONEncoder().encode(stage)
    #expect(try JSONDecoder().decode(StageOneConfiguration.self, from: json) == stage)
    let error = #expect(throws: UViMError.self) {
      try JSONDecoder().decode(
        CodeQuantizerKind.self,
        from: Data(#"{"kind": "fsq", "levels": [8], "variant": "tan"}"#.utf8))
    }
    #expect(
      error?.description
        == "'quantizer.variant' is 'tan', but must be one of google, atanh, ifsq")
  }

  @Test func partsMustAgree() throws {
    let language = try StageTwoConfiguration(
      layers: 2, heads: 4, mlpWidth: 128, width: 64, patchSize: 8, inputSize: 64, codeLength: 16,
      vocabulary: 32)
    let whole = UViMConfiguration(task: .depth, stageOne: try stageOne(), stageTwo: language)
    let error = #expect(throws: UViMError.self) { try whole.check() }
    #expect(
      error?.description
        == "'stage2.vocab' is 32, but must be one more than 'stage1.dict_size', which is 32")
  }

  /// Sizes told by a checkpoint's tensors are those that its maker wrote down.
  @Test(arguments: ["depth", "color", "panoptic"]) func sizesAreTold(task: String) throws {
    let golden = try GoldenFiles("uvim_\(task)_stageI")
    let shapes = CheckpointShapes(try golden.entries())
    #expect(try shapes.stageOne(codeLength: 16) == golden.configuration(StageOneConfiguration.self))
  }

  @Test func sizesOfTheLanguageModelAreTold() throws {
    let golden = try GoldenFiles("uvim_stageII")
    let shapes = CheckpointShapes(try golden.entries())
    #expect(try shapes.stageTwo() == golden.configuration(StageTwoConfiguration.self))
  }

  /// The published sizes: 232,249,600 and 715,729,921 parameters, which take no memory before they are loaded.
  @Test func publishedSizes() throws {
    let first = try StageOneConfiguration(
      inputs: ["depth": [256, 256]], inputSize: 512, patchSize: 16, codeLength: 256, width: 768,
      encoderDepth: 6, decoderDepth: 12, mlpWidth: 3072, heads: 12, dictionarySize: 4096,
      codewordWidth: 768)
    let second = try StageTwoConfiguration(
      layers: 24, heads: 16, mlpWidth: 4096, width: 1024, patchSize: 16, inputSize: 512,
      codeLength: 256, vocabulary: 4097)
    let one = StageOne(first, start: .unset).parameters.map(\.value.shape.count).reduce(0, +)
    let two = StageTwo(second, start: .unset).parameters.map(\.value.shape.count).reduce(0, +)
    #expect(one == 232_249_600 && two == 715_729_921)
  }
}

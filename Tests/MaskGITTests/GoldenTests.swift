import Autograd
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Testing

/// Parity with the authors' code; `Golden/README.md` says how the numbers were made.
@Suite struct GoldenTests {
  @Test(arguments: [("input", "logits"), ("partial_input", "partial_logits")])
  func logitsAreTheAuthors(input: String, logits: String) throws {
    let golden = try GoldenModel()
    let canvases = try golden.canvases(input)
    let given = golden.transformer.logits(
      TokenSequences(labels: canvases.map(\.label), tokens: canvases.map(\.tokens)), golden.pass)
    #expect(given.shape == [2, 65, 75])
    #expect(relativeError(given.value.floats, try golden.floats(logits)) < 1e-5)
  }

  @Test func decodesAsTheAuthorsDoStepByStep() throws {
    let golden = try GoldenModel()
    let sampler = Sampler(rows: 8, columns: 8, steps: 8)
    let noise = try (0..<2).map { try RecordedNoise(golden, item: $0) }
    var records: [Sampler.Record] = []
    let result = try sampler.fill(
      golden.canvases("input"), noise: noise,
      predictor: TransformerPredictor(golden.transformer, golden.pass), workers: OneThread()
    ) { records.append($0) }
    #expect(records.count == 16)
    for record in records {
      let step = "step\(record.step)"
      let range = (record.canvas * 65 + 1)..<(record.canvas * 65 + 65)
      #expect(record.sampled == Array(try golden.integers("\(step)/sampled")[range]), "\(step)")
      #expect(
        record.maskLength == Int(try golden.integers("\(step)/mask_len")[record.canvas]), "\(step)")
      #expect(record.next == Array(try golden.integers("\(step)/next")[range]), "\(step)")
      if record.step == 7 { #expect(result[record.canvas] == record.sampled) }
    }
  }

  @Test func maskLengthsAreTheAuthors() throws {
    let lengths = try JSONDecoder().decode(
      [String: [Int]].self, from: GoldenModel.data("mask_schedule.json"))
    #expect(lengths.count == 12)
    for (name, expected) in lengths {
      let sizes = name.split(separator: "x").compactMap { Int($0) }
      let found = (0..<sizes[1]).map {
        MaskSchedule.cosine.maskedCount(of: sizes[0], after: $0, of: sizes[1])
      }
      #expect(found == expected, "\(name)")
    }
  }

  @Test func readsTheSizesBack() throws {
    let first = try MaskGITConfiguration(json: Array(GoldenModel.data("maskgit.json")))
    #expect(first.maskRow == 74 && first.grid == [8, 8] && first.epsilon == 1e-12)
    #expect(try MaskGITConfiguration(json: first.json()) == first)
  }
}

/// The noise that was recorded beside a decode.
struct RecordedNoise: SamplingNoise {
  private var tokens: [[Float]] = []
  private var choices: [[Float]] = []

  init(_ golden: GoldenModel, item: Int) throws {
    for step in 0..<8 {
      let token = try golden.floats("step\(step)/token_gumbel")
      tokens.append(Array(token[(item * 65 * 64)..<((item + 1) * 65 * 64)]))
      let choice = try golden.floats("step\(step)/choice_gumbel")
      choices.append(Array(choice[(item * 65)..<((item + 1) * 65)]))
    }
  }

  func code(
    weights: UnsafeBufferPointer<Float>, logits: UnsafeBufferPointer<Float>, step: Int, place: Int,
    digit: Int
  ) -> Int {
    let start = (place + 1) * 64
    let perturbed = zip(logits, tokens[step][start..<(start + 64)]).map { $0 + $1 }
    return perturbed.indices.reduce(0) { perturbed[$1] > perturbed[$0] ? $1 : $0 }
  }

  func gumbel(step: Int, place: Int) -> Float { choices[step][place + 1] }
  func uniform(step: Int, place: Int) -> Float { 0.5 }
  func permutation(of count: Int) -> [Int] { Array(0..<count) }
}

/// ‖a − b‖ / ‖b‖.
func relativeError(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count)
  let error = zip(a, b).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  return (error / b.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
}

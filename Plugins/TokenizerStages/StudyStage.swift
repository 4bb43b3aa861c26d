import Convolutions
import FoundationEssentials
import Kernels
import StageSDK
import TensorCore
import Tokenizers
import Training

/// Trains tokenizers with different quantizers and sizes of the codebook under one budget, and compares them: the
/// paper's trade-off study.
///
/// Source: Mentzer et al. 2023, section 5.1 and figure 3.
final class StudyStage: Stage {
  struct Parameters: Decodable {
    let bits: [Int]
    let variants: [String]
    let width: Int
    let name: String
    let training: TrainParameters

    enum CodingKeys: String, CodingKey { case bits, variants, width, name }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      bits = try values.decode([Int].self, forKey: .bits)
      variants = try values.decode([String].self, forKey: .variants)
      width = try values.decode(Int.self, forKey: .width)
      name = try values.decode(String.self, forKey: .name)
      training = try TrainParameters(from: decoder)
    }
  }

  static let descriptor = StageDescriptor(
    id: "tokenizer.study", version: "1.0.0",
    summary: "Trains FSQ and VQ tokenizers at several sizes of the codebook and compares them.",
    kind: .task,
    parameters: [
      .integers(
        "bits", default: [6, 8, 10, 12, 14], each: 4...16, count: 1...9,
        "Sizes of the codebook as powers of 2; FSQ takes the levels that the paper names for them."),
      .strings(
        "variants", default: StudyVariant.allCases.map(\.rawValue), count: 1...6,
        "What is compared: \(StudyVariant.allCases.map(\.rawValue).joined(separator: ", "))."),
      .integer("width", default: 32, range: 1...4096, "Numbers to a vector of the VQ tokenizers."),
      .string("name", default: "tradeoff", isTemplate: true, "Of the table NAME.csv."),
    ]
      + TrainParameters.specs.filter {
        !["weights", "card", "start", "validate_every", "patience", "keep_best"].contains($0.name)
      },
    inputs: [.file("file", "Pictures, or packed sets of them (.safetensors).")], outputs: [])

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    _ = try Self.runs(parameters)
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try runs(parameters)
    return [:]
  }

  /// One tokenizer of the study.
  private struct Run {
    let bits: Int
    let variant: StudyVariant
    let configuration: TokenizerConfiguration
  }

  private static func runs(_ parameters: Parameters) throws -> [Run] {
    try parameters.bits.flatMap { bits in
      guard let levels = PaperLevels.of(bits: bits) else {
        throw StageError(
          .config,
          "the paper names no levels for 2^\(bits) codes; it does for 2^\(PaperLevels.sizes.map { "\($0)" }.joined(separator: ", 2^"))",
          parameter: "bits")
      }
      return try parameters.variants.map { name in
        guard let variant = StudyVariant(rawValue: name) else {
          throw StageError(
            .config,
            "there is no variant '\(name)'; there are \(StudyVariant.allCases.map(\.rawValue).joined(separator: ", "))",
            parameter: "variants")
        }
        let bottleneck: TokenizerConfiguration.Bottleneck =
          variant == .fsq
          ? .fsq(levels: levels, variant: "google")
          : .vq(codes: 1 << bits, width: parameters.width)
        return Run(
          bits: bits, variant: variant,
          configuration: try parameters.training.configuration(bottleneck))
      }
    }
  }

  func run() throws {
    let runs = try Self.runs(parameters)
    let data = try TrainingData(context, parameters.training)
    let workers = OpenMPTeam(threadCount: context.threadBudget)
    var table = StudyTable()
    for (number, run) in runs.enumerated() {
      let scores = try self.scores(of: run, number, runs.count, data, workers)
      table.add(bits: run.bits, variant: run.variant, scores)
      if table.has(parameters.variants.count, bits: run.bits) {
        try context.report(step: run.bits, metrics: table.metrics(bits: run.bits))
      }
    }
    let path = try context.outputFile(name: "\(parameters.name).csv", role: .table)
    try Data(table.text.utf8).write(to: URL(filePath: path))
  }

  /// What a tokenizer comes to, from the file an earlier attempt left or by training it.
  private func scores(
    of run: Run, _ number: Int, _ count: Int, _ data: TrainingData, _ workers: any Workers
  ) throws -> [String: Double] {
    let folder = "\(context.stateDirectory)/\(run.variant.rawValue)-\(run.bits)"
    let file = "\(folder)/scores.json"
    if let known = try? Data(contentsOf: URL(filePath: file)) {
      return try JSONDecoder().decode([String: Double].self, from: known)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let observer = StudyObserver(
      context: context, name: "\(run.variant.rawValue) 2^\(run.bits)",
      before: number * parameters.training.steps, total: count * parameters.training.steps)
    let training = TokenizerRun(
      parameters: parameters.training, configuration: run.configuration,
      vector: run.variant.vector, data: data, seed: context.seed, folder: folder,
      checkpointEvery: context.checkpointInterval ?? 500, keep: 1)
    let learner = try training.train(observer, workers)
    let scores = try learner.withAverages {
      var scores = try data.validation.measure(learner.tokenizer, workers).metrics
      scores["training_usage"] = try data.usage(of: learner.tokenizer, workers)
      return scores
    }
    try (try JSONEncoder().encode(scores)).write(to: URL(filePath: file), options: .atomic)
    return scores
  }
}

/// Tells the host how far a study is.
private struct StudyObserver: TrainingObserver {
  let context: StageContext
  let name: String
  /// Steps of the runs before this one.
  let before: Int
  let total: Int

  var isCancelled: Bool { context.isCancelled }

  func progress(_ done: Int, of total: Int) {
    context.progress(before + done, of: self.total, unit: "steps")
  }

  func report(step: Int, metrics: [String: Double]) {
    context.log(.info, "\(name), step \(step): loss \(metrics["loss"] ?? .nan)")
  }

  func note(_ message: String) { context.log(.info, "\(name): \(message)") }
}

import Autograd
import Checkpoints
import ForeignJSON
import LabelFiles
import ModelFiles
import StageSDK
import TensorCore
import UViM

/// Makes a model of checkpoints of the authors' code.
final class ImportStage: Stage {
  struct Parameters: Decodable {
    let files: [String]
    let task: String
    let config: String?
    let weights: String
    let codes: Int
    let depthRange: [Double]
    let categories: [String]
    let things: [String]
    let categorySet: String?

    enum CodingKeys: String, CodingKey {
      case files, task, config, weights, codes, categories, things
      case depthRange = "depth_range"
      case categorySet = "category_set"
    }

    /// Names of categories and those of things, as given or of a known list; nil for none.
    var names: (categories: [String]?, things: [String]?) {
      guard categorySet != nil else {
        return (categories.isEmpty ? nil : categories, things.isEmpty ? nil : things)
      }
      let all = COCOCategories.all
      return (all.map(\.name), all.filter(\.isThing).map(\.name))
    }
  }

  static let descriptor = StageDescriptor(
    id: "uvim.import", version: "1.0.0",
    summary:
      "Makes a model of checkpoints of google-research/big_vision: stage I, stage II, or both, as .npz or .safetensors.",
    kind: .task,
    parameters: [
      .strings(
        "files", default: nil, count: 1...2,
        "The checkpoint of stage I, that of stage II, or both; which is which shows by their tensors."
      ),
      .choice("task", UViMTask.allCases.map(\.rawValue), default: nil, "What the model is for."),
      .optionalPath(
        "config",
        "JSON file with keys of stage I's architecture, stage II's, or both as {\"stage1\": …, \"stage2\": …}; what is not there is told by the tensors."
      ),
      .choice(
        "weights", ["auto"] + WeightType.allCases.map(\.rawValue), default: "auto",
        "What weights are stored as; auto takes bf16, which halves the file, for more than 20 million, else f32."
      ),
      .integer(
        "codes", default: 256, range: 1...65_536,
        "Codes of a picture, where neither stage II's checkpoint nor 'config' tells."),
      .numbers(
        "depth_range", default: [0.001, 10], each: 1e-6...1e6, count: 2...2,
        "Metres at the ends of depth models' bins."),
      .strings(
        "categories", default: [], count: 0...100_000,
        "Names of panoptic models' categories, of number 1 and on."),
      .strings(
        "things", default: [], count: 0...100_000,
        "Those of them that are counted one by one."),
      .optionalChoice(
        "category_set", ["coco"],
        "A known list in place of both: the 133 categories of COCO's panoptic task, which the authors' panoptic model speaks of."
      ),
    ], publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  /// Sizes that a `config` file gives.
  private struct Given: Decodable {
    var stage1: StageOneConfiguration?
    var stage2: StageTwoConfiguration?
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    if parameters.config?.hasPrefix("/") == true { _ = try given(parameters) }
    return [:]
  }

  func run() throws {
    guard let target = context.modelDirectory else {
      throw StageError(
        .config, "give the job 'output: { model: NAME }' to say what the model is called")
    }
    do {
      var checkpoints: (first: Checkpoint?, second: Checkpoint?) = (nil, nil)
      for path in parameters.files {
        let checkpoint = try Checkpoint(path: path)
        let names = checkpoint.entries.map(\.name)
        if names.contains(where: { $0.hasSuffix("EmbedTargets/embedding") }) {
          checkpoints.second = checkpoint
        } else {
          checkpoints.first = checkpoint
        }
      }
      let given = try Self.given(parameters)
      let task = UViMTask(rawValue: parameters.task) ?? .depth
      let shapes = (checkpoints.first.map(Self.shapes), checkpoints.second.map(Self.shapes))
      let second = try given.stage2 ?? shapes.1.map { shapes throws in try shapes.stageTwo() }
      let first =
        try given.stage1
        ?? shapes.0.map { shapes throws in
          try shapes.stageOne(codeLength: second?.codeLength ?? parameters.codes)
        }
      let configuration = UViMConfiguration(
        task: task, stageOne: checkpoints.first == nil ? nil : first,
        stageTwo: checkpoints.second == nil ? nil : second,
        depthRange: task == .depth ? parameters.depthRange : nil,
        categories: parameters.names.categories, things: parameters.names.things)
      try configuration.check()
      let model = UViMModel(configuration, start: .unset)
      if let checkpoint = checkpoints.first, let shapes = shapes.0, let stage = model.stageOne {
        try Self.load(stage.parameters + model.codebook, checkpoint, shapes)
      }
      if let checkpoint = checkpoints.second, let shapes = shapes.1, let stage = model.stageTwo {
        try Self.load(stage.parameters, checkpoint, shapes)
      }
      try ModelDirectory(target).write(
        kind: UViMConfiguration.kind, configuration: configuration,
        parameters: ParameterSet(model.savedParameters),
        weights: WeightType(rawValue: parameters.weights) ?? Self.type(for: model))
      context.log(.info, "\(model.savedParameters.count) tensors were imported")
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(
        .config, "can't import \(parameters.files.joined(separator: " and ")): \(error)")
    }
  }

  private static func type(for model: UViMModel) -> WeightType {
    let count = model.savedParameters.map(\.value.shape.count).reduce(0, +)
    return count > 20_000_000 ? .bf16 : .f32
  }

  /// Which of both models a file's keys are of.
  private struct Outline: Decodable {
    private enum Key: String, CodingKey { case stage1, stage2, sequence = "seq_len" }

    let hasBoth: Bool
    let isStageTwo: Bool

    init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: Key.self)
      hasBoth = keys.contains(.stage1) || keys.contains(.stage2)
      isStageTwo = keys.contains(.sequence)
    }
  }

  private static func given(_ parameters: Parameters) throws -> Given {
    guard let path = parameters.config else { return Given() }
    do {
      let outline = try ForeignJSON.decode(Outline.self, file: path)
      if outline.hasBoth { return try ForeignJSON.decode(Given.self, file: path) }
      if outline.isStageTwo {
        return Given(stage2: try ForeignJSON.decode(StageTwoConfiguration.self, file: path))
      }
      return Given(stage1: try ForeignJSON.decode(StageOneConfiguration.self, file: path))
    } catch let fault as ForeignFile.Fault {
      throw StageError(.config, fault.description, parameter: "config")
    } catch let fault as ForeignJSON.FileFault {
      throw StageError(
        .config, "\(fault); it must be the architecture of stage I, II or both",
        parameter: "config")
    } catch {
      throw StageError(.config, "'\(path)': \(error)", parameter: "config")
    }
  }

  private static func shapes(_ checkpoint: Checkpoint) -> CheckpointShapes {
    CheckpointShapes(checkpoint.entries.map { ($0.name, $0.shape) })
  }

  private static func load(
    _ parameters: [Parameter], _ checkpoint: Checkpoint, _ shapes: CheckpointShapes
  ) throws {
    let wanted = Set(parameters.map { shapes.file($0.name) })
    try ModelLoader.load(
      ParameterSet(parameters), from: checkpoint,
      naming: ParameterNaming(
        ignoring: { name in
          guard let canonical = CheckpointShapes.canonical(name) else { return true }
          // An optimizer's copy of weights that are there themselves.
          return !wanted.contains(name) && shapes.file(canonical) != name
        }
      ) { TensorOrigin(shapes.file($0.name), of: $0) }, storage: .mapped)
  }
}

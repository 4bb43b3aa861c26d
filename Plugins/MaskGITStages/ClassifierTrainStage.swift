import Autograd
import Classifier
import Kernels
import ModelFiles
import PictureSets
import Recipes
import StageSDK
import TensorCore
import Training

/// Trains a classifier on pictures and their classes: the judge of generated ones.
final class ClassifierTrainStage: Stage {
  struct Parameters: Decodable {
    let size: Int
    let widths: [Int]
    let steps: Int
    let batch: Int
    let rate: Double
    let warmup: Int
    let decay: Double
    let label_smoothing: Double
    let brightness: Double
    let average: Double
    let precision: String
    let class_names: [String]
    let report_every: Int
    let damage: DamagedPictures
  }

  static let descriptor = StageDescriptor(
    id: "classifier.train", version: "1.0.0",
    summary: "Trains a small convolutional network to tell the classes of pictures.", kind: .task,
    parameters: [
      .integer("size", default: 32, range: 4...1024, "Pixels across and down."),
      .integers(
        "widths", default: [32, 64, 128], each: 8...4096, count: 1...8,
        "Channels of each level, multiples of 8; each level halves the picture."),
      .integer("steps", default: 3000, range: 1...100_000_000, "Steps of training in all."),
      .integer("batch", default: 64, range: 1...65_536, "Pictures of a step."),
      .number("rate", default: 0.002, range: 1e-9...10, "The highest learning rate."),
      .integer("warmup", default: 100, range: 0...10_000_000, "Steps until the rate is reached."),
      .number("decay", default: 0.05, range: 0...10, "Of weights, times the rate."),
      .number(
        "label_smoothing", default: 0.05, range: 0...0.9,
        "Share of a label spread over all classes."),
      .number(
        "brightness", default: 0.4, range: 0...0.9,
        "Pictures are made brighter or darker by up to so much."),
      .number("average", default: 0.995, range: 0...0.999999, "Of the moving average of weights."),
      .choice("precision", Precision.allCases.map(\.rawValue), default: "bf16", "Of products."),
      .strings(
        "class_names", default: [], count: 0...1 << 20,
        "Names of the classes in order; [] for none."),
      .integer("report_every", default: 50, range: 1...1_000_000, "Steps between reports."),
      DamagedPictures.parameter,
    ], publishesModel: true)

  private let parameters: Parameters
  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func run() throws {
    guard let target = context.modelDirectory else {
      throw StageError(
        .config, "give the stage 'output: { model: NAME }' to say what the model is called")
    }
    let set = try pictures()
    let known = set.entries.indices.filter { set.entries[$0].label != nil }
    guard !known.isEmpty else {
      throw StageError(.config, "no picture of the job has a label to learn")
    }
    let configuration = ClassifierConfiguration(
      size: parameters.size, classes: max(set.classCount, parameters.class_names.count),
      classNames: parameters.class_names, widths: parameters.widths)
    if let fault = configuration.fault { throw StageError(.config, fault) }
    let network = PictureClassifier(configuration, seed: context.seed)
    let learner = learner(network, set, known)
    let loop = TrainingLoop(
      .init(
        steps: parameters.steps, reportEvery: parameters.report_every,
        checkpointEvery: context.checkpointInterval ?? 500, keep: context.checkpointsToKeep ?? 2),
      folder: CheckpointFolder(path: context.stateDirectory), workers: HostWorkers(context))
    let observer = HostObserver(context)
    do {
      try loop.run(learner, observer: observer)
    } catch let error as TrainingCancelled {
      throw StageError(.cancelled, error.description)
    } catch let error as NotANumberError {
      throw StageError(.config, error.description)
    }
    try observer.rethrow()
    try learner.withAverages {
      do {
        try ModelDirectory(target).write(
          kind: ClassifierConfiguration.kind, configuration: configuration,
          parameters: ParameterSet(network.parameters), weights: .f32)
      } catch { throw StageError(.transient, "can't write the model: \(error)") }
    }
  }

  private func pictures() throws -> PictureSet {
    var set = PictureSet()
    for path in try context.items.compactMap(\.path) {
      do { set.add(try PackedPictures.read(path)) } catch { throw StageError(.config, "\(error)") }
    }
    try parameters.damage.tell(of: set.damaged.map { ($0.name, $0.reason) }, context)
    if let small = set.entries.first(where: { min($0.height, $0.width) < parameters.size }) {
      throw StageError(
        .config,
        "a picture has \(small.width)x\(small.height) pixels, fewer than 'size' \(parameters.size)",
        parameter: "size")
    }
    return set
  }

  private func learner(
    _ network: PictureClassifier, _ set: PictureSet, _ known: [Int]
  ) -> GradientLearner {
    let batch = min(parameters.batch, known.count)
    let order = DataOrder(itemCount: known.count, batch: batch, seed: context.seed)
    let cut = PictureBatch(side: parameters.size, crop: .random(mirrors: false))
    let (brightness, smoothing) = (Float(parameters.brightness), Float(parameters.label_smoothing))
    return GradientLearner(
      network.parameters,
      optimizer: AdamW(.init(decay: Float(parameters.decay), clip: 1)),
      rate: LearningRate(
        peak: parameters.rate, warmup: parameters.warmup, total: parameters.steps),
      precision: Precision(rawValue: parameters.precision) ?? .bf16,
      averageDecay: parameters.average
    ) { step, _, pass in
      let items = order.items(ofStep: step).map { known[$0] }
      var random = order.random(ofStep: step)
      var images = cut.images(items, of: set, random: &random)
      let size = images.shape.count / items.count
      images.withMutableFloats { pixels in
        for item in items.indices {
          let scale = 1 + brightness * (2 * random.uniform() - 1)
          for index in (item * size)..<((item + 1) * size) {
            pixels[index] = min(1, pixels[index] * scale)
          }
        }
      }
      let labels = items.map { Int32(set.entries[$0].label ?? -1) }
      let logits = network.logits(try network.features(Variable(images), pass), pass)
      let losses = pass.crossEntropy(
        logits, labels: Tensor([labels.count], integers: labels), smoothing: smoothing)
      let right = zip(ClassifierPredictStage.classes(logits.value), labels).filter { $0 == $1 }
      return .init(
        loss: pass.scale(pass.sum(losses), by: 1 / Float(labels.count)),
        metrics: ["accuracy": Double(right.count) / Double(labels.count)])
    }
  }
}

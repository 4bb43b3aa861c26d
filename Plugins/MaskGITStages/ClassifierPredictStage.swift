import Autograd
import Classifier
import Glibc
import Kernels
import ModelFiles
import StageSDK
import TensorCore

/// Tells the class of each picture, and whether it is the one it should be.
final class ClassifierPredictStage: Stage {
  struct Parameters: Decodable { let precision: String }

  static let descriptor = StageDescriptor(
    id: "classifier.predict", version: "1.0.0",
    summary: "Tells the class of each picture by a trained network.", kind: .map,
    parameters: [
      .choice("precision", Precision.allCases.map(\.rawValue), default: "f32", "Of products.")
    ],
    inputs: [
      .tensor(
        "image", [.f32], ["N", "H", "W", .fixed(3)], semantic: "image.rgb", "Pixels of 0...1."),
      .tensor("label", [.i32], ["N"], semantic: "label", "The right class.", optional: true),
    ],
    outputs: [
      .tensor("label", [.i32], ["N"], semantic: "label", "The likeliest class."),
      .tensor("probability", [.f32], ["N"], "Its probability."),
      .tensor("features", [.f32], ["N", "d"], "What the network sees, before it names it."),
    ], preferredBatch: 32, modelSlots: ["model"])

  private let precision: Precision
  private let context: StageContext
  private var network: PictureClassifier?

  init(parameters: Parameters, context: StageContext) throws {
    precision = Precision(rawValue: parameters.precision) ?? .f32
    self.context = context
  }

  func open() throws {
    guard let path = context.modelPath("model") else {
      throw StageError(.config, "this stage needs a model: give it 'model: NAME'")
    }
    do {
      let folder = ModelDirectory(path)
      let configuration = try folder.configuration(
        ClassifierConfiguration.self, kinds: [ClassifierConfiguration.kind])
      if let fault = configuration.fault { throw StageError(.config, fault) }
      let network = PictureClassifier(configuration)
      try ModelLoader.load(ParameterSet(network.parameters), from: folder.checkpoint())
      self.network = network
    } catch { throw StageError(.config, "the model in '\(path)' can't be used: \(error)") }
  }

  func process(_ batch: Batch) throws {
    guard let network else { throw StageError(.internal, "the model was not opened") }
    let image = try batch.input("image")
    let size = network.configuration.size
    guard image.shape[1] == size, image.shape[2] == size else {
      throw StageError(
        .config,
        "pictures come in with \(image.shape[2])x\(image.shape[1]) pixels, but the model sees \(size)x\(size): read them at that size"
      )
    }
    let wanted = try batch.optionalInput("label")?.bind(Int32.self)
    let pixels = try image.bind(Float.self)
    let pictures = Tensor(Shape(image.shape)) { _ = $0.update(fromContentsOf: pixels) }
    let pass = Pass(workers: HostWorkers(context), precision: precision)
    let features = try network.features(Variable(pictures), pass)
    let logits = network.logits(features, pass).value
    let found = Self.classes(logits)
    let label = try batch.output("label", .i32, shape: [batch.count]).bind(Int32.self)
    let probability = try batch.output("probability", .f32, shape: [batch.count]).bind(Float.self)
    let seen = try batch.output("features", .f32, shape: features.shape.sizes).bind(Float.self)
    features.value.withFloats { _ = seen.update(fromContentsOf: $0) }
    let losses = CrossEntropy().losses(
      logits, Tensor([found.count], integers: found), workers: OneThread()
    ).floats
    for index in 0..<batch.count {
      label[index] = found[index]
      probability[index] = exp(-losses[index])
      let isRight = wanted.map { $0[index] == found[index] ? 1 : 0 }
      let names = network.configuration.classNames
      let name =
        names.indices.contains(Int(found[index])) ? names[Int(found[index])] : "\(found[index])"
      try batch.setMetadata(index, Prediction(predicted: name, correct: isRight))
    }
  }

  private struct Prediction: Encodable {
    let predicted: String
    let correct: Int?
  }

  /// The likeliest class of each row of logits.
  static func classes(_ logits: Tensor) -> [Int32] {
    let columns = logits.shape.columns
    return logits.withFloats { values in
      (0..<logits.shape.rows).map { row in
        var best = 0
        for column in 0..<columns
        where values[row * columns + column] > values[row * columns + best] {
          best = column
        }
        return Int32(best)
      }
    }
  }
}

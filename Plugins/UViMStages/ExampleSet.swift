import Autograd
import StageSDK
import TensorCore
import UViM

/// What is learned from, in memory.
final class ExampleSet {
  let count: Int
  private let configuration: UViMConfiguration
  private let stage: StageOneConfiguration
  private let store: ExampleStore
  /// Places in the store.
  private let places: [Int]

  /// Renders scenes, or reads the job's pictures with what is known of them.
  ///
  /// - Throws: ``StageError`` when there is too little to learn from.
  init(
    _ parameters: TrainParameters, _ context: StageContext, _ configuration: UViMConfiguration,
    _ workers: any Workers
  ) throws {
    guard let stage = configuration.stageOne else {
      throw StageError(.internal, "examples are made for a base model")
    }
    self.configuration = configuration
    self.stage = stage
    if parameters.data == "scenes" {
      store = ExampleStore(capacity: parameters.examples, configuration, stage)
      try SceneExamples(parameters, context).render(into: store, workers)
      places = Array(0..<parameters.examples)
    } else {
      let files = try context.items.compactMap(\.path)
      let examples = PictureExamples(parameters, context, configuration.task)
      store = ExampleStore(capacity: examples.capacity(files.count), configuration, stage)
      places = try examples.read(files, into: store)
    }
    count = places.count
    guard count >= parameters.batch else {
      throw StageError(
        .config, "there are \(count) pictures, fewer than a step's \(parameters.batch)",
        parameter: "batch")
    }
  }

  /// Pictures as a language model sees them: -1...1, grey for colour models.
  func images(_ items: [Int]) -> Tensor {
    let images = store.images(items.map { places[$0] })
    return configuration.task == .color ? LabelInputs.gray(images) : images
  }

  /// What a base model learns from.
  func batch(_ items: [Int]) -> StageOneBatch {
    let items = items.map { places[$0] }
    let images = store.images(items)
    guard configuration.task != .color else {
      return StageOneExamples.color(images: images, gray: LabelInputs.gray(images), stage)
    }
    return StageOneExamples.classes(
      images: images, maps: store.maps(items), unlearned: configuration.task == .depth ? 0 : nil,
      stage)
  }

  /// The guiding codes of all examples: what a language model learns to predict.
  ///
  /// - Returns: Gives those of some items, i32 (items, codes).
  func codes(
    _ base: StageOne, _ quantizer: any CodeQuantizer, _ workers: any Workers,
    _ context: StageContext
  ) throws -> ([Int]) -> Tensor {
    var all: [Int32] = []
    let pass = Pass(workers: workers)
    for start in stride(from: 0, to: count, by: 64) {
      guard !context.isCancelled else { throw StageError(.cancelled, "training was stopped") }
      let batch = batch(Array(start..<min(count, start + 64)))
      let latents = quantizer.prepare(
        try base.latents(labels: batch.labels, image: batch.image, pass), pass)
      all += quantizer.codes(of: latents.value, pass).integers
      context.progress(0, of: count, unit: "steps")
    }
    let length = stage.codeLength
    return { items in
      Tensor(
        [items.count, length],
        integers: items.flatMap { all[($0 * length)..<(($0 + 1) * length)] })
    }
  }
}

import Autograd
import StageSDK
import TensorCore
import UViM

/// What is learned from and what is measured on, in memory.
final class ExampleSet {
  /// Examples that are learned from; those after them are kept back.
  let count: Int
  /// Examples that are measured on alone.
  let heldBack: Int
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
      store = ExampleStore(
        capacity: parameters.examples + parameters.heldBack, configuration, stage)
      try SceneExamples(parameters, context).render(into: store, workers)
      places = Array(0..<store.capacity)
      heldBack = parameters.heldBack
    } else {
      let files = try context.items.compactMap(\.path)
      let examples = PictureExamples(parameters, context, configuration.task)
      store = ExampleStore(capacity: examples.capacity(files.count), configuration, stage)
      let read = try examples.read(files, into: store)
      heldBack = min(parameters.heldBack, read.pictures.count)
      // A mirror image of what is kept back tells as much as that itself.
      let learned = Array(read.pictures.dropLast(heldBack))
      let wanted = Set(learned)
      places =
        learned + read.mirrored.filter { wanted.contains($0 - files.count) }
        + read.pictures.suffix(heldBack)
    }
    count = places.count - heldBack
    guard count >= parameters.batch else {
      throw StageError(
        .config, "there are \(count) pictures, fewer than a step's \(parameters.batch)",
        parameter: "batch")
    }
  }

  /// The numbers of what is kept back, some at a time.
  var heldBackBatches: [[Int]] {
    stride(from: count, to: count + heldBack, by: 64).map {
      Array($0..<min(count + heldBack, $0 + 64))
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

  /// The guiding codes of all examples, those kept back too: what a language model learns to predict.
  func codes(
    _ base: StageOne, _ quantizer: any CodeQuantizer, _ workers: any Workers,
    _ context: StageContext
  ) throws -> ExampleCodes {
    var all: [Int32] = []
    let pass = Pass(workers: workers)
    let total = count + heldBack
    for start in stride(from: 0, to: total, by: 64) {
      guard !context.isCancelled else { throw StageError(.cancelled, "training was stopped") }
      let batch = batch(Array(start..<min(total, start + 64)))
      let latents = quantizer.prepare(
        try base.latents(labels: batch.labels, image: batch.image, pass), pass)
      if let fault = FiniteLatents.fault(latents.value) {
        throw StageError(.config, fault.description)
      }
      all += quantizer.codes(of: latents.value, pass).integers
      context.progress(0, of: total, unit: "steps")
    }
    return ExampleCodes(all, length: stage.codeLength, size: quantizer.size)
  }
}

import Autograd
import PictureSets
import Scenes
import StageSDK
import TensorCore
import UViM

/// What is learned from, in memory: pictures of one size with what is known of them.
final class ExampleSet {
  let count: Int
  private let side: Int
  private let configuration: UViMConfiguration
  private let stage: StageOneConfiguration
  /// sRGB, pixel by pixel, picture by picture.
  private var pixels: [UInt8]
  private var metres: [Float] = []
  private var labels: [UInt8] = []

  /// Renders scenes, or reads the job's pictures.
  ///
  /// - Throws: ``StageError`` when there is nothing to learn from.
  init(
    _ parameters: TrainParameters, _ context: StageContext, _ configuration: UViMConfiguration,
    _ workers: any Workers
  ) throws {
    guard let stage = configuration.stageOne else {
      throw StageError(.internal, "examples are made for a base model")
    }
    self.configuration = configuration
    self.stage = stage
    side = stage.inputSize
    if parameters.data == "scenes" {
      count = parameters.examples
      pixels = [UInt8](repeating: 0, count: count * side * side * 3)
      try render(parameters, context, workers)
    } else {
      (count, pixels) = try Self.pictures(context, side)
    }
    guard count >= parameters.batch else {
      throw StageError(
        .config, "there are \(count) pictures, fewer than a step's \(parameters.batch)",
        parameter: "batch")
    }
  }

  private func render(
    _ parameters: TrainParameters, _ context: StageContext, _ workers: any Workers
  ) throws {
    let (area, side, count) = (side * side, side, count)
    metres = [Float](repeating: 0, count: count * area)
    labels = [UInt8](repeating: 0, count: 2 * count * area)
    let renderer = SceneRenderer(size: side, farthest: 10)
    let objects = parameters.objects[0]...parameters.objects[1]
    let seed = context.seed
    pixels.withUnsafeMutableBufferPointer { pixels in
      metres.withUnsafeMutableBufferPointer { metres in
        labels.withUnsafeMutableBufferPointer { labels in
          let targets = SceneTargets(pixels: pixels, metres: metres, labels: labels)
          for start in stride(from: 0, to: count, by: 64) where !context.isCancelled {
            let part = start..<min(count, start + 64)
            workers.forRanges(part.count) { range in
              for index in range {
                targets.render(start + index, renderer, objects, seed: seed, side: side)
              }
            }
            // A sign of life, though no step of training.
            context.progress(0, of: parameters.steps, unit: "steps")
          }
        }
      }
    }
    guard !context.isCancelled else { throw StageError(.cancelled, "training was stopped") }
  }

  private static func pictures(
    _ context: StageContext, _ side: Int
  ) throws -> (count: Int, pixels: [UInt8]) {
    let files = try context.items.compactMap(\.path).map {
      PictureFolder.File(path: $0, label: nil)
    }
    let set = PictureFolder.read(files, shorterSide: side...side) { file, reason in
      context.log(.warning, "'\(file.path)' is left out: \(reason)")
    }
    guard set.count > 0 else {
      throw StageError(.config, "none of the job's \(files.count) files is a picture to learn from")
    }
    var random = CounterRandom(seed: 0)
    var pixels: [UInt8] = []
    for start in stride(from: 0, to: set.count, by: 64) {
      let items = Array(start..<min(set.count, start + 64))
      let images = PictureBatch(side: side, crop: .centre).images(items, of: set, random: &random)
      pixels += images.floats.map { UInt8(($0 * 255).rounded()) }
    }
    return (set.count, pixels)
  }

  /// Pictures as a language model sees them: -1...1, grey for colour models.
  func images(_ items: [Int]) -> Tensor {
    let images = coloured(items)
    return configuration.task == .color ? LabelInputs.gray(images) : images
  }

  private func coloured(_ items: [Int]) -> Tensor {
    let size = side * side * 3
    return Tensor([items.count, side, side, 3]) { target in
      for (number, item) in items.enumerated() {
        for index in 0..<size {
          target[number * size + index] = Float(pixels[item * size + index]) / 127.5 - 1
        }
      }
    }
  }

  /// What a base model learns from.
  func batch(_ items: [Int]) -> StageOneBatch {
    let (images, area) = (coloured(items), side * side)
    switch configuration.task {
    case .depth:
      return StageOneExamples.depth(
        images: images, metres: items.flatMap { metres[($0 * area)..<(($0 + 1) * area)] },
        bins: configuration.depthBins, stage)
    case .color:
      return StageOneExamples.color(images: images, gray: LabelInputs.gray(images), stage)
    case .panoptic:
      return StageOneExamples.panoptic(
        images: images,
        labels: items.flatMap { labels[(2 * $0 * area)..<(2 * ($0 + 1) * area)].map(Int32.init) },
        stage)
    }
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

/// Where rendered scenes go.
// Each scene is written by one thread, to places of its own.
private struct SceneTargets: @unchecked Sendable {
  let pixels: UnsafeMutableBufferPointer<UInt8>
  let metres: UnsafeMutableBufferPointer<Float>
  let labels: UnsafeMutableBufferPointer<UInt8>

  func render(
    _ index: Int, _ renderer: SceneRenderer, _ objects: ClosedRange<Int>, seed: UInt64, side: Int
  ) {
    let area = side * side
    var random = CounterRandom(seed: seed, stream: 1 << 60 | UInt64(index))
    let scene = Scene(&random, solids: objects)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * area) { image in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * area) { ids in
        renderer.render(
          scene, image: image,
          depth: UnsafeMutableBufferPointer(
            rebasing: metres[(index * area)..<((index + 1) * area)]), labels: ids)
        for place in 0..<(3 * area) {
          pixels[3 * index * area + place] = UInt8(image[place] * 255 + 0.5)
        }
        for place in 0..<(2 * area) { labels[2 * index * area + place] = UInt8(ids[place]) }
      }
    }
  }
}

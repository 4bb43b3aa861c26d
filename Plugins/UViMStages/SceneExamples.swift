import Scenes
import StageSDK
import TensorCore

/// Examples that are rendered: scenes as `scenes.render` makes them.
struct SceneExamples {
  /// Names of what scenes show, of number 1 and on.
  static let categories = Scene.Category.allCases.map(\.name)
  /// Those of them that are counted one by one.
  static let things = Scene.Category.allCases.filter(\.isThing).map(\.name)

  private let context: StageContext
  private let objects: ClosedRange<Int>
  private let cameras: CameraRanges
  private let steps: Int

  init(_ parameters: TrainParameters, _ context: StageContext) {
    self.context = context
    objects = parameters.objects[0]...parameters.objects[1]
    func range(_ ends: [Double]) -> ClosedRange<Float> { Float(ends[0])...Float(ends[1]) }
    cameras = CameraRanges(
      height: range(parameters.cameraHeight), lens: range(parameters.lens))
    steps = parameters.steps
  }

  /// Renders as many as there is room for.
  ///
  /// - Throws: ``StageError`` when the job is being cancelled.
  func render(into store: ExampleStore, _ workers: any Workers) throws {
    let renderer = SceneRenderer(size: store.side, farthest: 10)
    let seed = context.seed
    for start in stride(from: 0, to: store.capacity, by: 64) {
      let part = start..<min(store.capacity, start + 64)
      workers.forRanges(part.count) { [self] range in
        for index in range where !context.isCancelled {
          render(start + index, renderer, seed: seed, into: store)
        }
      }
      guard !context.isCancelled else { throw StageError(.cancelled, "training was stopped") }
      // A sign of life, though no step of training.
      context.progress(0, of: steps, unit: "steps")
    }
  }

  private func render(
    _ index: Int, _ renderer: SceneRenderer, seed: UInt64, into store: ExampleStore
  ) {
    let area = store.side * store.side
    var random = CounterRandom(seed: seed, stream: 1 << 60 | UInt64(index))
    let scene = Scene(&random, solids: objects, cameras: cameras)
    var metres = [Float](repeating: 0, count: area)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * area) { image in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * area) { labels in
        metres.withUnsafeMutableBufferPointer {
          renderer.render(scene, image: image, depth: $0, labels: labels)
        }
        store.put(index, image: UnsafeBufferPointer(image))
        store.put(index, metres: metres)
        store.put(index, panoptic: UnsafeBufferPointer(labels))
      }
    }
  }
}

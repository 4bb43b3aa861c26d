import Autograd
import FeatureNetworks
import Kernels
import ModelFiles
import StageSDK
import TensorCore

/// The network that a stage's slot names, and what it sees in pictures.
final class PictureFeatures {
  private let network = EfficientNetLite0()
  private let workers: any Workers

  init(_ context: StageContext) throws {
    guard let path = context.modelPath("model") else {
      throw StageError(.config, "no model is named; give 'model: efficientnet-lite0@1'")
    }
    let directory = ModelDirectory(path)
    do {
      _ = try directory.header(kinds: ["efficientnet-lite0"])
      try ModelLoader.load(network.parameters, from: try directory.checkpoint())
    } catch {
      throw StageError(.config, "can't open the model '\(path)': \(error)")
    }
    network.fold()
    workers = ThreadTeam(threadCount: context.threadBudget)
  }

  /// The features of each picture, 1280 numbers.
  func rows(of images: TensorView) throws -> [[Float]] {
    let values = try images.bind(Float.self)
    let shape = Shape(images.shape)
    return try rows(of: Tensor(shape) { _ = $0.update(fromContentsOf: values) })
  }

  /// The same for a tensor (N, H, W, 3).
  func rows(of images: Tensor) throws -> [[Float]] {
    let pass = Pass(workers: workers)
    // One at a time: results are the same whatever the batch.
    return try (0..<images.shape[0]).map { index in
      try network(Variable(images[index..<(index + 1)]), pass).pooled.value.floats
    }
  }
}

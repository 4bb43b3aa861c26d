import Autograd
import Checkpoints
import FeatureNetworks
import Foundation
import ModelFiles
import TensorCore
import Testing

@Suite struct EfficientNetTests {
  private static let model = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "pipelines/models/efficientnet-lite0/1").path()

  private func relativeError(_ found: [Float], _ wanted: [Float]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let difference = zip(found, wanted).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
    return (difference / wanted.reduce(0.0) { $0 + pow(Double($1), 2) }).squareRoot()
  }

  /// The PyTorch package's own activations, to 1e-4 of their norm.
  @Test func isThePyTorchNetwork() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "golden", withExtension: "safetensors", subdirectory: "Golden"))
    let golden = try Checkpoint(path: url.path())
    let samples = try golden.withBytes(try golden.entry("input_u8")) { Array($0) }
    // (3, 224, 224) of bytes to (1, 224, 224, 3) of 0...1.
    let image = Tensor([1, 224, 224, 3]) { pixels in
      for place in 0..<(224 * 224) {
        for channel in 0..<3 {
          pixels[place * 3 + channel] = Float(samples[channel * 224 * 224 + place]) / 255
        }
      }
    }
    let network = EfficientNetLite0()
    try ModelLoader.load(network.parameters, from: try ModelDirectory(Self.model).checkpoint())
    network.fold()
    let pass = Pass(workers: ThreadTeam(threadCount: 2))
    let output = try network(Variable(image), pass)
    #expect(
      relativeError(
        output.pooled.value.floats, try golden.floats(try golden.entry("pooled"))) <= 1e-4)
    #expect(
      relativeError(
        network.logits(output.pooled, pass).value.floats,
        try golden.floats(try golden.entry("logits"))) <= 1e-4)
    let features = output.features.value.floats
    let wanted = try golden.floats(try golden.entry("features"))
    let turned = (0..<1280).flatMap { channel in (0..<49).map { features[$0 * 1280 + channel] } }
    #expect(relativeError(turned, wanted) <= 1e-4)
  }
}

import Autograd
import FeatureNetworks
import Foundation
import ModelFiles
import TensorCore
import Testing

@Suite struct PerceptualLossTests {
  private static func loss() throws -> PerceptualLoss {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "pipelines/models/efficientnet-lite0/1").path()
    let network = EfficientNetLite0()
    try ModelLoader.load(network.parameters, from: try ModelDirectory(path).checkpoint())
    network.fold()
    return PerceptualLoss(network)
  }

  private static func waves(_ seed: Float) -> Tensor {
    Tensor([1, 32, 32, 3]) { pixels in
      for index in pixels.indices {
        let (place, channel) = (index / 3, Float(index % 3))
        let (x, y) = (Float(place % 32), Float(place / 32))
        pixels[index] = 0.5 + 0.4 * sin(0.2 * x * (1 + channel) + 0.31 * y + seed)
      }
    }
  }

  @Test func isZeroForEqualPicturesAndGrowsWithTheDifference() throws {
    let loss = try Self.loss()
    let pass = Pass(workers: ThreadTeam(threadCount: 2))
    let wanted = Self.waves(0)
    func value(_ pictures: Tensor) throws -> Float {
      try loss(Variable(pictures), wanted, pass).value.floats[0]
    }
    #expect(try value(wanted) == 0)
    let (near, far) = (Tensor(wanted.shape, wanted.floats.map { $0 * 0.95 }), Self.waves(1.5))
    #expect(try 0 < value(near) && value(near) < value(far))
  }

  /// Goes back through the whole network and changes nothing in it.
  @Test func gradientAlongADirection() throws {
    let loss = try Self.loss()
    let (pictures, wanted) = (Self.waves(0.4), Self.waves(0))
    let team = ThreadTeam(threadCount: 2)
    let tape = Tape { _ in false }
    let pass = Pass(workers: team, tape: tape)
    let input = pass.watched(pictures)
    #expect(tape.gradients(of: try loss(input, wanted, pass), pass).isEmpty)
    let gradient = try #require(input.gradient).floats
    let size = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    func value(_ shift: Float) throws -> Double {
      let moved = zip(pictures.floats, gradient).map { $0 + shift * $1 / size }
      let plain = Pass(workers: team)
      return Double(
        try loss(Variable(Tensor(pictures.shape, moved)), wanted, plain).value.floats[0])
    }
    let step: Float = 1 / 256
    let slope = (try value(step) - (try value(-step))) / Double(2 * step)
    // Activations that are cut off at 0 and 6 bend within the step.
    #expect(abs(slope - Double(size)) < 0.05 * Double(size), "\(size), by differences \(slope)")
  }
}

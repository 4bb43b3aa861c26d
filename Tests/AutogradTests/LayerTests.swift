import Autograd
import Kernels
import TensorCore
import Testing

@Suite struct LayerTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  @Test(arguments: Activation.allCases) func activations(activation: Activation) {
    // Away from 0, where two of them bend.
    let input = Parameter("x", Tensor([8], [-3.1, -1.7, -0.8, -0.2, 0.15, 0.7, 1.9, 4.2]))
    GradientCheck.check([input], step: 1 / 128) { $0.activate($0.variable(input), activation) }
  }

  @Test(arguments: [(3, 5), (70, 16), (2, 33)]) func layerNorm(size: (Int, Int)) {
    let input = parameter("x", [size.0, size.1], 1)
    let (gain, offset) = (parameter("gain", [size.1], 2), parameter("offset", [size.1], 3))
    GradientCheck.check([input, gain, offset], tolerance: 6e-3) { pass in
      pass.layerNorm(pass.variable(input), gain: gain, offset: offset, epsilon: 1e-3)
    }
    GradientCheck.check([input, gain], tolerance: 6e-3) { pass in
      pass.layerNorm(pass.variable(input), gain: gain, offset: nil, epsilon: 1e-3)
    }
  }

  @Test(arguments: [0, 0.1] as [Float]) func crossEntropy(smoothing: Float) {
    let logits = parameter("x", [4, 19], 1)
    let labels = Tensor([4], integers: [3, -1, 18, 0])
    GradientCheck.check([logits]) { pass in
      pass.crossEntropy(pass.variable(logits), labels: labels, smoothing: smoothing)
    }
    let losses = Pass(workers: OneThread()).crossEntropy(
      Variable(Tensor([2, 4], repeating: 1)), labels: Tensor([2], integers: [1, -1]),
      smoothing: smoothing)
    #expect(abs(losses.value.floats[0] - 1.386_294_4) < 1e-6 && losses.value.floats[1] == 0)
  }

  /// A transformer's block, all together: the gradient of every parameter.
  @Test func aBlock() {
    let width = 8
    let names = ["q", "k", "v", "o"]
    let weights = names.enumerated().map {
      parameter($1, [width, width], UInt64($0 + 1))
    }
    let (up, down) = (parameter("up", [width, 16], 5), parameter("down", [16, width], 6))
    let gains = [parameter("gain1", [width], 7), parameter("gain2", [width], 8)]
    let input = parameter("x", [2, 3, width], 9)
    let mask = Pass.causalMask(3)
    GradientCheck.check(weights + [up, down] + gains + [input], tolerance: 2e-2) { pass in
      let x = pass.variable(input)
      let normal = pass.layerNorm(x, gain: gains[0], offset: nil, epsilon: 1e-2)
      let parts = weights[0..<3].map { pass.linear(normal, weight: $0) }
      let attended = pass.attention(parts[0], parts[1], parts[2], heads: 2, mask: mask)
      let y = pass.add(x, pass.linear(attended, weight: weights[3]))
      let inner = pass.layerNorm(y, gain: gains[1], offset: nil, epsilon: 1e-2)
      let hidden = pass.activate(pass.linear(inner, weight: up), .gelu)
      return pass.add(y, pass.linear(hidden, weight: down))
    }
  }
}

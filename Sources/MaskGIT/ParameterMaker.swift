import Autograd
import TensorCore

/// Makes parameters as training begins with them; each depends on the seed and its own name alone.
struct ParameterMaker {
  let seed: UInt64

  /// Of the normal distribution, cut off at two deviations.
  func normal(_ name: String, _ shape: Shape, deviation: Float = 0.02) -> Parameter {
    var random = CounterRandom(seed: seed, stream: Self.hash(name))
    return Parameter(
      name,
      Tensor(shape) { target in
        for index in target.indices {
          var draw = random.normal()
          while abs(draw) > 2 { draw = random.normal() }
          target[index] = draw * deviation
        }
      })
  }

  func zeros(_ name: String, _ shape: Shape) -> Parameter { Parameter(name, Tensor.zeros(shape)) }

  func ones(_ name: String, _ shape: Shape) -> Parameter {
    Parameter(name, Tensor(shape, repeating: 1))
  }

  /// FNV-1a over the name's bytes.
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

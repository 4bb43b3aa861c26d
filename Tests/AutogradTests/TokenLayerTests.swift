import Autograd
import Kernels
import TensorCore
import Testing

@Suite struct TokenLayerTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  @Test(arguments: [(3, 5), (70, 16), (2, 33)]) func rmsNorm(size: (Int, Int)) {
    let (input, gain) = (parameter("x", [size.0, size.1], 1), parameter("gain", [size.1], 2))
    GradientCheck.check([input, gain], tolerance: 6e-3) { pass in
      pass.rmsNorm(pass.variable(input), gain: gain, epsilon: 1e-3)
    }
  }

  @Test func rotate() {
    let input = parameter("x", [2, 3, 8], 1)
    let angles = Rotation(
      cosines: Tensor([3, 2], [1, 1, 0.8, 0.6, 0, -1]),
      sines: Tensor([3, 2], [0, 0, 0.6, 0.8, 1, 0]))
    GradientCheck.check([input]) { $0.rotate($0.variable(input), by: angles) }
  }

  @Test func swiglu() {
    let input = parameter("x", [2, 3, 10], 1)
    GradientCheck.check([input]) { $0.swiglu($0.variable(input)) }
  }

  @Test func modulation() {
    let (input, added) = (parameter("x", [2, 3, 5], 1), parameter("z", [2, 3, 5], 2))
    let vectors = parameter("vectors", [2, 15], 3)
    GradientCheck.check([input, vectors]) { pass in
      pass.modulate(pass.variable(input), by: pass.variable(vectors), scale: 2, shift: 0)
    }
    GradientCheck.check([input, added, vectors]) { pass in
      pass.gated(
        pass.variable(input), pass.variable(added), by: pass.variable(vectors), gate: 1)
    }
  }

  @Test func sumsOfRows() {
    let table = parameter("table", [5, 3], 1)
    let indices = Tensor([3, 2], integers: [0, 3, 4, -1, 3, 3])
    GradientCheck.check([table]) { $0.embedSum(indices, in: table) }
    let value = Pass(workers: OneThread()).embedSum(indices, in: table).value.floats
    let rows = table.value.floats
    #expect(value[3] == rows[12] && value[0] == rows[0] + rows[9] && value[6] == 2 * rows[9])
  }

  @Test func gatherRows() {
    let input = parameter("x", [2, 3, 4], 1)
    GradientCheck.check([input]) { $0.gatherRows([5, 0, 5, 2], of: $0.variable(input)) }
  }

  @Test func tiedLinear() {
    let (input, table) = (parameter("x", [4, 6], 1), parameter("table", [9, 6], 2))
    let bias = parameter("bias", [9], 3)
    GradientCheck.check([input, table, bias]) { pass in
      pass.tiedLinear(pass.variable(input), table: table, bias: bias)
    }
  }

  @Test func dropoutKeepsTheAverage() {
    let input = Variable(Tensor([100, 100], repeating: 1))
    var random = CounterRandom(seed: 1)
    let pass = Pass(workers: OneThread())
    let given = pass.dropout(input, rate: 0.25, random: &random).value.floats
    #expect(Set(given) == [0, 1 / 0.75] as Set<Float>)
    #expect(abs(given.reduce(0, +) / 10_000 - 1) < 0.03)
    let again = pass.dropout(input, rate: 0.25, random: &random).value.floats
    #expect(again != given)
  }
}

import Autograd
import TensorCore
import Testing

@Suite struct TokenTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  @Test func gradientsOfSumsWithEach() {
    let (tokens, positions) = (parameter("x", [3, 4, 2], 1), parameter("p", [1, 4, 2], 2))
    GradientCheck.check([tokens, positions]) {
      $0.addToEach($0.variable(tokens), $0.variable(positions))
    }
  }

  @Test func gradientsOfMixedTokens() {
    let tokens = parameter("x", [2, 5, 3], 1)
    let matrix = GradientCheck.values([4, 5], seed: 2)
    GradientCheck.check([tokens]) { $0.mixTokens($0.variable(tokens), by: matrix) }
  }

  @Test func gradientsOfExchangedColumns() {
    let tokens = parameter("x", [2, 3, 5], 1)
    GradientCheck.check([tokens]) { $0.exchangeColumns($0.variable(tokens)) }
  }

  @Test func values() {
    let pass = Pass(workers: OneThread())
    let input = Variable(Tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
    let part = Variable(Tensor([1, 2, 2], [10, 20, 30, 40]))
    #expect(pass.addToEach(input, part).value.floats == [11, 22, 33, 44, 15, 26, 37, 48])
    #expect(pass.exchangeColumns(input).value.floats == [1, 3, 2, 4, 5, 7, 6, 8])
    let mixed = pass.mixTokens(input, by: Tensor([1, 2], [1, -1]))
    #expect(mixed.value.floats == [-2, -2, -2, -2] && mixed.shape == [2, 1, 2])
  }
}

import Autograd
import Kernels
import TensorCore
import Testing

@Suite struct BasicGradientTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  @Test(arguments: [1, 7, 70]) func linear(rows: Int) {
    let input = parameter("x", [rows, 5], 1)
    let (weight, bias) = (parameter("w", [5, 3], 2), parameter("b", [3], 3))
    GradientCheck.check([input, weight, bias]) { pass in
      pass.linear(pass.variable(input), weight: weight, bias: bias)
    }
  }

  @Test func products() {
    let (left, right) = (parameter("a", [4, 5], 1), parameter("b", [5, 3], 2))
    GradientCheck.check([left, right]) { $0.product($0.variable(left), $0.variable(right)) }
    let turned = parameter("b", [3, 5], 3)
    GradientCheck.check([left, turned]) {
      $0.product($0.variable(left), $0.variable(turned), isRightTransposed: true)
    }
  }

  @Test func arithmetic() {
    let (a, b) = (parameter("a", [3, 4], 1), parameter("b", [3, 4], 2))
    GradientCheck.check([a, b]) { pass in
      let (x, y) = (pass.variable(a), pass.variable(b))
      return pass.add(pass.multiply(x, y), pass.scale(pass.add(x, x), by: -0.3))
    }
  }

  @Test func shapes() {
    let (a, b) = (parameter("a", [4, 3], 1), parameter("b", [2, 5], 2))
    GradientCheck.check([a, b]) { pass in
      let part = pass.rows(1..<3, of: pass.variable(a))
      let joined = pass.joinColumns([part, pass.variable(b), part])
      return pass.reshape(joined, to: [11, 2])
    }
  }

  @Test func embeddings() {
    let table = parameter("table", [5, 3], 1)
    let indices = Tensor([2, 3], integers: [4, 0, 4, 1, 4, 3])
    GradientCheck.check([table]) { $0.embed(indices, in: table) }
    let rows = Pass(workers: OneThread()).embed(indices, in: table).value
    #expect(rows.shape == [2, 3, 3])
    #expect(Array(rows.floats[0..<3]) == Array(table.value.floats[12..<15]))
  }

  @Test func valuesUsedTwiceGetBothGradients() {
    let a = parameter("a", [2, 2], 1)
    GradientCheck.check([a]) { pass in
      let x = pass.variable(a)
      return pass.product(x, pass.product(x, x))
    }
  }

  @Test func straightThroughPassesGradientsOn() {
    let a = parameter("a", [3], 1)
    let tape = Tape()
    let pass = Pass(workers: OneThread(), tape: tape)
    let rounded = Tensor([3], [1, 0, -1])
    let output = pass.straightThrough(rounded, for: pass.variable(a))
    let loss = pass.sum(pass.multiply(output, Variable(Tensor([3], [2, 3, 4]))))
    #expect(loss.value.floats == [-2])
    #expect(tape.gradients(of: loss, pass).map(\.value.floats) == [[2, 3, 4]])
    let stopped = Tape()
    let other = Pass(workers: OneThread(), tape: stopped)
    let none = other.sum(other.stopGradient(other.variable(a)))
    #expect(stopped.gradients(of: none, other).isEmpty)
  }

  @Test func fixedParametersGetNone() {
    let (a, b) = (parameter("a", [2, 2], 1), parameter("b", [2, 2], 2))
    let tape = Tape { $0.name == "b" }
    let pass = Pass(workers: OneThread(), tape: tape)
    let loss = pass.sum(pass.product(pass.variable(a), pass.variable(b)))
    #expect(tape.gradients(of: loss, pass).map(\.parameter.name) == ["b"])
  }

  /// The same gradients, bit by bit, whether a part was remembered or computed again.
  @Test func checkpointedPartsGiveTheSame() {
    let (a, b) = (parameter("a", [4, 4], 1), parameter("b", [4, 4], 2))
    func gradients(isCheckpointed: Bool) -> [[Float]] {
      let tape = Tape()
      let pass = Pass(workers: OneThread(), tape: tape)
      func part(_ input: Variable, _ pass: Pass) -> Variable {
        let product = pass.product(input, pass.variable(b))
        return pass.multiply(product, product)
      }
      let start = pass.variable(a)
      let middle = isCheckpointed ? pass.checkpointed(start, [b], part) : part(start, pass)
      return tape.gradients(of: pass.sum(pass.multiply(middle, middle)), pass).map(\.value.floats)
    }
    #expect(gradients(isCheckpointed: true) == gradients(isCheckpointed: false))
  }

  /// The same bits for any number of threads.
  @Test func threadsDoNotMatter() {
    let (input, weight) = (parameter("x", [300, 40], 1), parameter("w", [40, 70], 2))
    let bias = parameter("b", [70], 3)
    let results = [1, 2, 5].map { threads in
      let tape = Tape()
      let pass = Pass(workers: ThreadTeam(threadCount: threads), tape: tape)
      let output = pass.linear(pass.variable(input), weight: weight, bias: bias)
      return tape.gradients(of: pass.sum(pass.multiply(output, output)), pass).map(\.value.floats)
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }
}

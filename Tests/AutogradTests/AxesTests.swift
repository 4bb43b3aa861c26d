import Autograd
import TensorCore
import Testing

@Suite struct AxesTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  @Test(arguments: [[0], [1], [-1], [0, 2], [1, 2], [0, 1, 2, 3], []])
  func sumsAndAverages(axes: [Int]) {
    let input = parameter("x", [2, 3, 4, 5], 1)
    for keepsAxes in [false, true] {
      GradientCheck.check([input], tolerance: 4e-3) { pass in
        pass.sum(pass.variable(input), over: axes, keepsAxes: keepsAxes)
      }
      GradientCheck.check([input]) { pass in
        pass.mean(pass.variable(input), over: axes, keepsAxes: keepsAxes)
      }
    }
    let pass = Pass(workers: OneThread())
    let ones = Variable(Tensor([2, 3, 4, 5], repeating: 1))
    #expect(pass.mean(ones, over: axes).value.floats.allSatisfy { abs($0 - 1) < 1e-6 })
    let count = Set(axes.map { $0 < 0 ? $0 + 4 : $0 }).reduce(120) { $0 / ones.shape[$1] }
    #expect(pass.sum(ones, over: axes).shape.count == count)
    #expect(pass.sum(ones, over: axes, keepsAxes: true).shape.rank == 4)
  }

  @Test func sumsByHand() {
    let input = Variable(Tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
    let pass = Pass(workers: OneThread())
    #expect(pass.sum(input, over: [1]).value.floats == [4, 6, 12, 14])
    #expect(pass.sum(input, over: [0, 2]).value.floats == [14, 22])
    #expect(pass.mean(input, over: [-1]).value.floats == [1.5, 3.5, 5.5, 7.5])
    #expect(pass.mean(input).value.floats == [4.5])
  }

  @Test(arguments: [1, 7, 40]) func softmax(columns: Int) {
    let input = parameter("x", [2, 3, columns], 1)
    GradientCheck.check([input]) { $0.softmax($0.variable(input), scale: 1.7) }
    let rows = Pass(workers: OneThread()).softmax(Variable(input.value)).value.floats
    #expect(abs(rows.prefix(columns).reduce(0, +) - 1) < 1e-6)
  }

  @Test(arguments: [0, 1, 2, -1]) func slicesAndJoins(axis: Int) {
    let (a, b) = (parameter("a", [3, 4, 5], 1), parameter("b", [3, 4, 5], 2))
    GradientCheck.check([a, b]) { pass in
      let part = pass.slice(pass.variable(a), axis: axis, 1..<3)
      return pass.join([part, pass.variable(b), part], axis: axis)
    }
    let pass = Pass(workers: OneThread())
    let whole = Variable(a.value)
    let parts = [
      pass.slice(whole, axis: axis, 0..<1),
      pass.slice(whole, axis: axis, 1..<whole.shape[axis]),
    ]
    #expect(pass.join(parts, axis: axis).value.floats == a.value.floats)
  }
}

import Autograd
import Kernels
import TensorCore
import Testing
import Training

@Suite struct AdamWTests {
  /// A small regression, some steps of it.
  private func train(
    steps: Range<Int>, _ parameters: [Parameter], _ adam: AdamW, threads: Int = 2
  ) throws -> [Float] {
    let team = ThreadTeam(threadCount: threads)
    let inputs = Tensor([16, 3], (0..<48).map { Float($0 * 7 % 11) / 11 - 0.5 })
    let wanted = Tensor([16, 2], (0..<32).map { Float($0 * 5 % 13) / 13 - 0.5 })
    var losses: [Float] = []
    for _ in steps {
      let tape = Tape()
      let pass = Pass(workers: team, tape: tape)
      let hidden = pass.activate(
        pass.linear(Variable(inputs), weight: parameters[0], bias: parameters[1]), .tanh)
      let output = pass.linear(hidden, weight: parameters[2])
      let error = pass.add(output, pass.scale(Variable(wanted), by: -1))
      let loss = pass.scale(pass.sum(pass.multiply(error, error)), by: 1 / 32)
      losses.append(loss.value.floats[0])
      try adam.step(tape.gradients(of: loss, pass), rate: 0.02, workers: team)
    }
    return losses
  }

  private func parameters() -> [Parameter] {
    var generator = CounterRandom(seed: 1)
    func random(_ shape: Shape) -> Tensor {
      Tensor(shape, (0..<shape.count).map { _ in generator.normal() * 0.5 })
    }
    return [
      Parameter("w1", random([3, 8])), Parameter("b1", Tensor.zeros([8])),
      Parameter("w2", random([8, 2])),
    ]
  }

  @Test func theLossFalls() throws {
    let losses = try train(
      steps: 0..<300, parameters(), AdamW(AdamW.Settings(decay: 1e-4, clip: 1)))
    #expect(losses[299] < losses[0] * 0.3, "\(losses[0]) to \(losses[299])")
  }

  /// 40 steps, and 20 and 20 by another optimizer that goes on: the same bits, for any number of threads.
  @Test func goingOnGivesTheSame() throws {
    let (whole, halves) = (parameters(), parameters())
    let settings = AdamW.Settings(decay: 0.01, clip: 0.5)
    _ = try train(steps: 0..<40, whole, AdamW(settings), threads: 1)
    let first = AdamW(settings)
    _ = try train(steps: 0..<20, halves, first, threads: 3)
    let second = AdamW(
      settings, steps: first.steps, means: first.means, squares: first.squares)
    _ = try train(steps: 20..<40, halves, second, threads: 2)
    #expect(whole.map(\.value.floats) == halves.map(\.value.floats))
  }

  @Test func whatIsNoNumberStopsAndChangesNothing() {
    let parameter = Parameter("decoder/w", Tensor([2, 2], repeating: 1))
    let adam = AdamW(AdamW.Settings())
    let gradient = Gradient(parameter: parameter, value: Tensor([2, 2], [1, .nan, 0, 0]))
    let error = #expect(throws: NotANumberError.self) {
      try adam.step([gradient], rate: 0.1, workers: OneThread())
    }
    #expect(
      error?.description
        == "the gradient of 'decoder/w' is not finite at step 0; the last checkpoint is from before. A smaller learning rate, a longer warm-up or clipping of gradients may help"
    )
    #expect(parameter.value.floats == [1, 1, 1, 1] && adam.steps == 0)
  }
}

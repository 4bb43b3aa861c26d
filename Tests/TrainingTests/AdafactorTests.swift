import Autograd
import Foundation
import TensorCore
import Testing
import Training

@Suite struct AdafactorTests {
  /// The update of each element by formula, in double, with sums taken the slow way.
  private func plain(
    _ shape: [Int], _ gradients: [[Double]], _ settings: Adafactor.Settings, rate: Double
  ) -> [Double] {
    let count = shape.reduce(1, *)
    let order = shape.indices.sorted { (shape[$0], $0) < (shape[$1], $1) }
    let isFactored =
      shape.count >= 2 && shape[order[order.count - 2]] >= settings.factoredFrom
    let (large, small) = (order.last ?? 0, order.dropLast().last ?? 0)
    func places(_ index: Int) -> [Int] {
      var (rest, places) = (index, [Int](repeating: 0, count: shape.count))
      for dimension in shape.indices.reversed() {
        places[dimension] = rest % shape[dimension]
        rest /= shape[dimension]
      }
      return places
    }
    func key(_ index: Int, without dimensions: Set<Int>) -> [Int] {
      places(index).enumerated().filter { !dimensions.contains($0.offset) }.map(\.element)
    }
    var (rows, columns) = ([[Int]: Double](), [[Int]: Double]())
    var square = [Double](repeating: 0, count: count)
    var mean = [Double](repeating: 0, count: count)
    var value = [Double](repeating: 0.5, count: count)
    for (step, gradient) in gradients.enumerated() {
      let decay = min(settings.decayCap, 1 - pow(Double(step + 1), -0.8))
      let squares = gradient.map { $0 * $0 + Double(settings.epsilon) }
      func blend(_ old: [[Int]: Double], _ dimension: Int) -> [[Int]: Double] {
        var blended = old.mapValues { $0 * decay }
        let share = (1 - decay) / Double(shape[dimension])
        for index in 0..<count {
          blended[key(index, without: [dimension]), default: 0] += squares[index] * share
        }
        return blended
      }
      if isFactored {
        rows = blend(rows, large)
        columns = blend(columns, small)
      }
      for index in 0..<count {
        square[index] = decay * square[index] + (1 - decay) * squares[index]
        var divisor = square[index]
        if isFactored {
          let mine = key(index, without: [large, small])
          let among = (0..<count).filter { key($0, without: [large, small]) == mine }
          let keys = Set(among.map { key($0, without: [large]) })
          let total: Double = keys.reduce(0.0) { $0 + (rows[$1] ?? 0) }
          let row: Double = rows[key(index, without: [large])] ?? 0
          let column: Double = columns[key(index, without: [small])] ?? 0
          divisor = row / (total / Double(keys.count)) * column
        }
        mean[index] = 0.9 * mean[index] + 0.1 * gradient[index] / divisor.squareRoot()
        let decayed = shape.count > 1 ? Double(settings.weightDecay) : 0
        value[index] -= rate * mean[index] + decayed * rate / settings.peakRate * value[index]
      }
    }
    return value
  }

  @Test(arguments: [[5], [3, 4], [4, 3], [2, 5, 3], [4, 3, 2, 2], [3, 3]], [2, 4])
  func isTheFormula(shape: [Int], factoredFrom: Int) throws {
    let settings = Adafactor.Settings(
      weightDecay: 0.01, peakRate: 0.2, factoredFrom: factoredFrom, clip: nil)
    let count = shape.reduce(1, *)
    let gradients: [[Double]] = (0..<4).map { step in
      (0..<count).map { index -> Double in
        let mixed = (index * 7 + step * 5) % 11
        return Double(mixed) / 11 - 0.45
      }
    }
    let parameter = Parameter("w", Tensor(Shape(shape), repeating: 0.5))
    let optimizer = Adafactor(settings)
    for gradient in gradients {
      let value = Tensor(Shape(shape), gradient.map { Float($0) })
      try optimizer.step(
        [Gradient(parameter: parameter, value: value)], rate: 0.1, workers: OneThread())
    }
    let expected = plain(shape, gradients, settings, rate: 0.1)
    for (found, wanted) in zip(parameter.value.floats, expected) {
      #expect(abs(Double(found) - wanted) < 2e-5, "\(shape): \(found), \(wanted)")
    }
  }

  /// A factored matrix keeps one number a row and a column besides its momentum.
  @Test func keepsLittle() throws {
    let parameter = Parameter("w", Tensor([64, 128], repeating: 1))
    let optimizer = Adafactor(Adafactor.Settings())
    try optimizer.step(
      [Gradient(parameter: parameter, value: Tensor([64, 128], repeating: 0.1))], rate: 0.01,
      workers: OneThread())
    #expect(
      optimizer.state.mapValues(\.shape)
        == ["momentum/w": [64, 128], "row/w": [64], "column/w": [128]])
  }
}

package import Autograd
import CKernels
import Kernels
package import TensorCore

/// A moving average of weights: what is published in place of the weights of the last step.
///
/// Source: Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging".
///
///     decay_t = min(decay, (1 + t) / (10 + t)),  average += (1 - decay_t) (weights - average)
///
/// so that the average isn't held back by the weights that training began with.
package final class ExponentialMovingAverage {
  /// Of the average, 0..<1.
  package let decay: Double
  /// By name of parameter.
  package private(set) var averages: [String: Tensor]

  /// Starts with the parameters as they are.
  ///
  /// - Parameters:
  ///   - parameters: What is averaged.
  ///   - decay: 0..<1; 0.999 remembers about a thousand steps.
  package init(_ parameters: [Parameter], decay: Double) {
    precondition((0..<1).contains(decay), "the decay is in 0..<1")
    self.decay = decay
    averages = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
  }

  /// Goes on from what an earlier run left.
  package func restore(_ averages: [String: Tensor]) { self.averages = averages }

  /// Takes in the weights after a step.
  ///
  /// - Parameters:
  ///   - parameters: The same as at the start.
  ///   - step: Steps taken before this one.
  ///   - workers: Who computes.
  package func update(_ parameters: [Parameter], step: Int, workers: any Workers) {
    let share = Float(1 - min(decay, Double(1 + step) / Double(10 + step)))
    for parameter in parameters {
      guard var average = averages.removeValue(forKey: parameter.name) else { continue }
      average.withMutableFloats { target in
        let to = SendablePointer(target.baseAddress)
        parameter.value.withFloats { source in
          let from = SendableConstant(source.baseAddress)
          workers.forRanges(target.count, grain: 16_384) { range in
            lattice_moving_average_f32(
              from.pointer.map { $0 + range.lowerBound }, share,
              to.pointer.map { $0 + range.lowerBound }, Int64(range.count))
          }
        }
      }
      averages[parameter.name] = average
    }
  }

  /// Calls `body` while the parameters have their averages' values, and gives them back their own.
  package func withAverages<Result>(
    of parameters: [Parameter], _ body: () throws -> Result
  ) rethrows -> Result {
    let own = parameters.map(\.value)
    for parameter in parameters {
      if let average = averages[parameter.name] { parameter.value = average }
    }
    defer { for (parameter, value) in zip(parameters, own) { parameter.value = value } }
    return try body()
  }
}

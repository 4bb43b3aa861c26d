import Glibc
import Kernels
package import TensorCore

/// What several codes make of one picture, as one: the mean of their probabilities, or of their values.
///
/// A base model gives labels of a picture and a code, p(y | x, c); a language model the code's distribution, p(c | x).
/// Labels of the picture alone are the mean over codes, p(y | x), for which codes drawn at temperature 1 stand.
package struct LogitsMean {
  private let isProbability: Bool
  private var sums: [String: Tensor] = [:]
  private var count: Float = 0

  /// Starts with nothing.
  ///
  /// - Parameter isProbability: True for logits, whose probabilities are averaged; false for values such as colours.
  package init(isProbability: Bool) { self.isProbability = isProbability }

  /// Adds what a code gave.
  ///
  /// - Parameters:
  ///   - logits: By name, (batch, patches, values of a pixel, pixels of a patch).
  ///   - workers: Who computes.
  package mutating func add(_ logits: [String: Tensor], workers: any Workers) {
    count += 1
    for (name, logits) in logits {
      var sum = sums.removeValue(forKey: name) ?? Tensor.zeros(logits.shape)
      add(logits, to: &sum, workers)
      sums[name] = sum
    }
  }

  /// The mean by name, as logits again; empty when nothing was added.
  package var logits: [String: Tensor] {
    sums.mapValues { sum in
      Tensor(sum.shape) { target in
        sum.withFloats { sum in
          for index in sum.indices {
            let mean = sum[index] / count
            target[index] = isProbability ? log(max(mean, .leastNormalMagnitude)) : mean
          }
        }
      }
    }
  }

  private func add(_ logits: Tensor, to sum: inout Tensor, _ workers: any Workers) {
    let (values, pixels) = (logits.shape[2], logits.shape[3])
    let area = values * pixels
    logits.withFloats { logits in
      sum.withMutableFloats { sum in
        let (from, to) = (SendableConstant(logits.baseAddress), SendablePointer(sum.baseAddress))
        workers.forRanges(area > 0 ? sum.count / area : 0, grain: 1) { range in
          guard let from = from.pointer, let to = to.pointer else { return }
          for patch in range {
            if isProbability {
              Self.addProbabilities(from + patch * area, to + patch * area, values, pixels)
            } else {
              for index in patch * area..<(patch + 1) * area { to[index] += from[index] }
            }
          }
        }
      }
    }
  }

  /// Softmax over the values of each pixel of a patch.
  private static func addProbabilities(
    _ logits: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>, _ values: Int, _ pixels: Int
  ) {
    var powers = [Float](repeating: 0, count: values)
    for pixel in 0..<pixels {
      var greatest = -Float.infinity
      for value in 0..<values { greatest = max(greatest, logits[value * pixels + pixel]) }
      var total: Float = 0
      for value in 0..<values {
        powers[value] = exp(logits[value * pixels + pixel] - greatest)
        total += powers[value]
      }
      for value in 0..<values { sum[value * pixels + pixel] += powers[value] / total }
    }
  }
}

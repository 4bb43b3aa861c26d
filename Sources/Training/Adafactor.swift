package import Autograd
import Glibc
package import TensorCore

/// Adafactor: Adam whose second moments of a matrix are kept as one number for each row and column.
///
/// Source: Shazeer and Stern 2018, "Adafactor: adaptive learning rates with sublinear memory cost", algorithm 4, with
/// the choices of Zhai et al. 2022, "Scaling vision transformers", section 3.4: a cap on the decay, momentum, no
/// scaling by the size of parameters.
///
///     decay = min(cap, 1 - t^(-0.8))
///     row = decay row + (1 - decay) mean over columns of (g^2 + eps), column likewise over rows
///     u = g / sqrt(row column / mean(row)),  m = b1 m + (1 - b1) u
///     w = w - (rate m + rate_decay w)
package final class Adafactor: Optimizer {
  /// What stays the same over a run.
  package struct Settings: Hashable, Sendable {
    /// Of the moving average of steps, 0..<1.
    package var momentum: Float
    /// The highest decay of second moments, 0..<1.
    package var decayCap: Double
    /// How fast that decay rises.
    package var decayRate: Double
    /// Added to squares.
    package var epsilon: Float
    /// The share of a weight that a step at the full rate takes off it; not of parameters of one dimension.
    package var weightDecay: Float
    /// The rate at which ``weightDecay`` is meant; it is scaled with the schedule, not with the rate's size.
    package var peakRate: Double
    /// Second moments are factored when the two largest sizes are at least this.
    package var factoredFrom: Int
    /// The greatest norm of all gradients together; nil for any.
    package var clip: Double?

    /// Takes settings; the defaults are those of big_vision's recipes.
    package init(
      momentum: Float = 0.9, decayCap: Double = 0.95, decayRate: Double = 0.8,
      epsilon: Float = 1e-30, weightDecay: Float = 0, peakRate: Double = 1, factoredFrom: Int = 32,
      clip: Double? = 1
    ) {
      self.momentum = momentum
      self.decayCap = decayCap
      self.decayRate = decayRate
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.peakRate = peakRate
      self.factoredFrom = factoredFrom
      self.clip = clip
    }
  }

  /// The settings.
  package let settings: Settings
  package private(set) var steps = 0
  private var moments: [String: Tensor] = [:]

  /// Starts.
  package init(_ settings: Settings) { self.settings = settings }

  package var state: [String: Tensor] { moments }

  package func restore(_ state: [String: Tensor], steps: Int) {
    moments = state
    self.steps = steps
  }

  @discardableResult
  package func step(
    _ gradients: [Gradient], rate: Double, workers: any Workers
  ) throws(NotANumberError) -> Double {
    let norm = try GradientNorm.of(gradients, step: steps)
    steps += 1
    let scale = GradientNorm.scale(norm, limit: settings.clip)
    let decay = Float(
      min(settings.decayCap, 1 - Self.power(Double(steps), -settings.decayRate)))
    // A parameter is worked on by one thread, so that sums don't depend on how many there are.
    let updates = gradients.map { gradient in
      Update(
        gradient: gradient.value, value: gradient.parameter.value,
        moments: take(gradient.parameter), scale: scale, decay: decay,
        rate: Float(rate) * gradient.parameter.rateFactor,
        weightDecay: weightDecay(gradient.parameter, rate), settings: settings)
    }
    workers.run(chunks: updates.count) { updates[$0].run() }
    for (gradient, update) in zip(gradients, updates) {
      gradient.parameter.value = update.value
      for (part, tensor) in update.moments {
        moments["\(part)/\(gradient.parameter.name)"] = tensor
      }
    }
    return norm
  }

  private func weightDecay(_ parameter: Parameter, _ rate: Double) -> Float {
    guard parameter.value.shape.rank > 1 else { return 0 }
    return settings.weightDecay * Float(rate / settings.peakRate)
  }

  private func take(_ parameter: Parameter) -> [String: Tensor] {
    let shape = parameter.value.shape
    var sizes: [String: Shape] = ["momentum": shape]
    if let factors = FactoredShape(shape, from: settings.factoredFrom) {
      sizes["row"] = factors.rowShape
      sizes["column"] = factors.columnShape
    } else {
      sizes["square"] = shape
    }
    var taken: [String: Tensor] = [:]
    for (part, shape) in sizes {
      taken[part] =
        moments.removeValue(forKey: "\(part)/\(parameter.name)") ?? Tensor.zeros(shape)
    }
    return taken
  }

  private static func power(_ base: Double, _ exponent: Double) -> Double {
    pow(base, exponent)
  }
}

/// One parameter's step.
// Each is run once, on one thread.
private final class Update: @unchecked Sendable {
  private(set) var value: Tensor
  private(set) var moments: [String: Tensor]
  private let gradient: Tensor
  private let scale, decay, rate, weightDecay: Float
  private let settings: Adafactor.Settings

  init(
    gradient: Tensor, value: Tensor, moments: [String: Tensor], scale: Float, decay: Float,
    rate: Float, weightDecay: Float, settings: Adafactor.Settings
  ) {
    self.gradient = gradient
    self.value = value
    self.moments = moments
    self.scale = scale
    self.decay = decay
    self.rate = rate
    self.weightDecay = weightDecay
    self.settings = settings
  }

  func run() {
    let divided =
      FactoredShape(value.shape, from: settings.factoredFrom).map(factored) ?? unfactored()
    let (momentum, rate, weightDecay) = (settings.momentum, rate, weightDecay)
    var mean = moments["momentum"] ?? Tensor.zeros(value.shape)
    moments["momentum"] = nil
    mean.withMutableFloats { mean in
      value.withMutableFloats { value in
        for index in value.indices {
          mean[index] = momentum * mean[index] + (1 - momentum) * divided[index]
          value[index] -= rate * mean[index] + weightDecay * value[index]
        }
      }
    }
    moments["momentum"] = mean
  }

  /// Gradients divided by the root of their second moments.
  private func unfactored() -> [Float] {
    var square = moments["square"] ?? Tensor.zeros(value.shape)
    moments["square"] = nil
    let (scale, decay, epsilon) = (scale, decay, settings.epsilon)
    let divided = gradient.withFloats { gradient in
      square.withMutableFloats { square in
        gradient.indices.map { index in
          let slope = gradient[index] * scale
          square[index] = decay * square[index] + (1 - decay) * (slope * slope + epsilon)
          return slope / square[index].squareRoot()
        }
      }
    }
    moments["square"] = square
    return divided
  }

  private func factored(_ shape: FactoredShape) -> [Float] {
    let (scale, decay, epsilon) = (scale, decay, settings.epsilon)
    var rowSums = [Double](repeating: 0, count: shape.rowShape.count)
    var columnSums = [Double](repeating: 0, count: shape.columnShape.count)
    let slopes = gradient.withFloats { $0.map { $0 * scale } }
    shape.forEach { index, row, column in
      let square = Double(slopes[index] * slopes[index] + epsilon)
      rowSums[row] += square
      columnSums[column] += square
    }
    let rows = blend("row", rowSums.map { Float($0 / Double(shape.largest)) }, decay)
    let columns = blend("column", columnSums.map { Float($0 / Double(shape.second)) }, decay)
    let means = shape.meansOfRows(rows)
    var divided = slopes
    shape.forEach { index, row, column in
      divided[index] =
        slopes[index] * (means[shape.rest(ofRow: row)] / rows[row]).squareRoot()
        / columns[column].squareRoot()
    }
    return divided
  }

  private func blend(_ part: String, _ fresh: [Float], _ decay: Float) -> [Float] {
    var average = moments[part] ?? Tensor.zeros([fresh.count])
    moments[part] = nil
    average.withMutableFloats { average in
      for index in average.indices {
        average[index] = decay * average[index] + (1 - decay) * fresh[index]
      }
    }
    moments[part] = average
    return average.floats
  }
}

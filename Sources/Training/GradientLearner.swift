package import Autograd
package import Kernels
package import TensorCore

/// The usual learner: one loss, one optimizer, a schedule of rates, and a moving average of the weights.
package final class GradientLearner: Learner {
  /// What a step came to.
  package struct Outcome {
    /// One number, shape [].
    package var loss: Variable
    /// What else is worth logging.
    package var metrics: [String: Double]

    /// Names the loss.
    package init(loss: Variable, metrics: [String: Double] = [:]) {
      self.loss = loss
      self.metrics = metrics
    }
  }

  /// What is learned, each name once.
  package let parameters: [Parameter]
  /// The average of the weights; nil when none is kept.
  package let average: ExponentialMovingAverage?
  private let optimizer: any Optimizer
  private let rate: LearningRate
  private let precision: Precision
  private let usesWinograd: Bool
  private let parts: Int
  /// Other networks may take part in a loss; they stay as they are.
  private let learned: Set<ObjectIdentifier>
  private let loss: (_ step: Int, _ part: Int, Pass) throws -> Outcome
  private let after: (_ step: Int, any Workers) throws -> Void

  /// Sets a learner up.
  ///
  /// - Parameters:
  ///   - parameters: What is learned, those with a rate factor of 0 left out; nothing else that the loss depends on is
  ///     changed.
  ///   - optimizer: How.
  ///   - rate: How fast.
  ///   - precision: Of products; weights stay f32.
  ///   - usesWinograd: Of convolutions in f32.
  ///   - averageDecay: Of the moving average of weights; nil for none.
  ///   - parts: Parts that a batch is computed in, one after another, to save memory: gradients are averaged.
  ///   - after: Called after each step, as for a codebook that moves without gradients.
  ///   - loss: Computes the loss of a part of a step's batch.
  package init(
    _ parameters: [Parameter], optimizer: any Optimizer, rate: LearningRate,
    precision: Precision = .f32, usesWinograd: Bool = true, averageDecay: Double? = nil,
    parts: Int = 1,
    after: @escaping (_ step: Int, any Workers) throws -> Void = { _, _ in },
    loss: @escaping (_ step: Int, _ part: Int, Pass) throws -> Outcome
  ) {
    precondition(parts >= 1, "a batch has at least one part")
    self.parameters = parameters
    learned = Set(parameters.filter { $0.rateFactor > 0 }.map(ObjectIdentifier.init))
    self.optimizer = optimizer
    self.rate = rate
    self.precision = precision
    self.usesWinograd = usesWinograd
    self.parts = parts
    self.loss = loss
    self.after = after
    average = averageDecay.map { ExponentialMovingAverage(parameters, decay: $0) }
  }

  package func step(_ number: Int, workers: any Workers) throws -> [String: Double] {
    var sums: [ObjectIdentifier: Gradient] = [:]
    var metrics: [String: Double] = [:]
    for part in 0..<parts {
      let tape = Tape { [learned] in learned.contains(ObjectIdentifier($0)) }
      let pass = Pass(
        workers: workers, precision: precision, usesWinograd: usesWinograd, tape: tape)
      var outcome = try loss(number, part, pass)
      let value = Double(outcome.loss.value.floats[0])
      guard value.isFinite else { throw NotANumberError(what: "the loss", step: number) }
      outcome.metrics["loss"] = value
      for (name, value) in outcome.metrics {
        metrics[name, default: 0] += value / Double(parts)
      }
      for gradient in tape.gradients(of: outcome.loss, scale: 1 / Float(parts), pass) {
        let key = ObjectIdentifier(gradient.parameter)
        guard let sum = sums.removeValue(forKey: key) else {
          sums[key] = gradient
          continue
        }
        sums[key] = Gradient(
          parameter: gradient.parameter,
          value: pass.add(Variable(sum.value), Variable(gradient.value)).value)
      }
    }
    let gradients = sums.values.sorted { $0.parameter.name < $1.parameter.name }
    let rate = rate.rate(ofStep: number)
    metrics["gradient_norm"] = try optimizer.step(gradients, rate: rate, workers: workers)
    metrics["rate"] = rate
    average?.update(parameters, step: number, workers: workers)
    try after(number, workers)
    return metrics
  }

  package var state: [String: Tensor] {
    var state: [String: Tensor] = [:]
    StateNames.add(weights, as: "weights", to: &state)
    StateNames.add(optimizer.state, as: "optimizer", to: &state)
    if let average { StateNames.add(average.averages, as: "average", to: &state) }
    return state
  }

  package func restore(_ state: [String: Tensor], steps: Int) throws {
    let saved = StateNames.part("weights", of: state)
    let shapes = weights.mapValues(\.shape)
    try TrainingStateError.check(saved, has: shapes)
    for parameter in parameters {
      if let value = saved[parameter.name] { parameter.value = value }
    }
    optimizer.restore(StateNames.part("optimizer", of: state), steps: steps)
    guard let average else { return }
    let averages = StateNames.part("average", of: state)
    try TrainingStateError.check(averages, has: shapes)
    average.restore(averages)
  }

  private var weights: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
  }
}

import CKernels
import Kernels
package import TensorCore

/// Parallel decoding: fills the open places of images, some at each step.
///
/// Source: Chang et al. 2022, section 3.2.
package struct Sampler: Hashable, Sendable {
  /// Passes through the network, at least 1.
  package var steps: Int
  package var schedule: MaskSchedule
  package var order: RevealOrder
  package var choice: TokenChoice
  package var guidance: Guidance
  /// Of the token grid.
  package let rows: Int
  /// Of the token grid.
  package let columns: Int

  /// Sets decoding up.
  package init(
    rows: Int, columns: Int, steps: Int = 12, schedule: MaskSchedule = .cosine,
    order: RevealOrder = .confidence(choiceTemperature: 4.5), choice: TokenChoice = TokenChoice(),
    guidance: Guidance = .none
  ) {
    precondition(steps >= 1 && rows >= 1 && columns >= 1)
    self.steps = steps
    self.schedule = schedule
    self.order = order
    self.choice = choice
    self.guidance = guidance
    self.rows = rows
    self.columns = columns
  }

  /// What a step did to an image.
  package struct Record: Hashable, Sendable {
    /// Counted from 0.
    package let step: Int
    /// Which of the images.
    package let canvas: Int
    /// All codes as they were drawn or known.
    package let sampled: [Int32]
    /// How many places the schedule asks to keep masked.
    package let maskLength: Int
    /// What the next step sees.
    package let next: [Int32]
  }

  /// Fills images.
  ///
  /// - Parameters:
  ///   - canvases: Each of rows × columns places.
  ///   - noise: One for each.
  ///   - predictor: The network.
  ///   - workers: Who draws.
  ///   - onStep: Told what became of each image; called in order.
  /// - Returns: The images' tokens, all of them codes; those that were known are as they were.
  /// - Throws: What the predictor throws.
  package func fill(
    _ canvases: [Canvas], noise: [some SamplingNoise], predictor: some TokenPredictor,
    workers: any Workers, onStep: (Record) throws -> Void = { _ in }
  ) throws -> [[Int32]] {
    precondition(canvases.count == noise.count, "one source of chance for each image")
    precondition(canvases.allSatisfy { $0.tokens.count == rows * columns })
    var current = canvases
    let open = canvases.map(\.maskedPlaces)
    let orders = noise.map { order.placeOrder(rows: rows, columns: columns, $0) }
    for step in 0..<steps {
      let masked = current.map(\.maskedPlaces)
      let drawn = try draw(step, masked, current, noise, predictor, workers)
      var first = 0
      for index in current.indices where !masked[index].isEmpty || !open[index].isEmpty {
        let part = Array(drawn[first..<first + masked[index].count])
        first += part.count
        for (place, found) in zip(masked[index], part) {
          current[index].tokens[place] = found.code
        }
        let state = RevealState(
          step: step, steps: steps, open: open[index], masked: masked[index],
          logProbabilities: part.map(\.logProbability), schedule: schedule)
        let sampled = current[index].tokens
        var next = sampled
        let isDone = masked[index].isEmpty && !order.returns
        let hidden =
          isDone ? [] : order.masked(after: state, placeOrder: orders[index], noise[index])
        for place in hidden { next[place] = -1 }
        try onStep(
          Record(
            step: step, canvas: index, sampled: sampled, maskLength: state.maskLength, next: next))
        if step < steps - 1 { current[index].tokens = next }
      }
    }
    return current.map(\.tokens)
  }

  private func draw(
    _ step: Int, _ masked: [[Int]], _ canvases: [Canvas], _ noise: [some SamplingNoise],
    _ predictor: some TokenPredictor, _ workers: any Workers
  ) throws -> [TokenChoice.Drawn] {
    let places = masked.enumerated().flatMap { index, places in
      places.map { CanvasPlace(canvas: index, place: $0) }
    }
    guard !places.isEmpty else { return [] }
    let logits = try guidedLogits(step, places, canvases, predictor, workers)
    let digits = predictor.digits
    let columns = digits.reduce(0, +)
    let source = SendableConstant(logits.withFloats { $0.baseAddress })
    let drawn = [TokenChoice.Drawn](unsafeUninitializedCapacity: places.count) { buffer, count in
      let target = SendablePointer(buffer.baseAddress)
      workers.forRanges(places.count, grain: max(1, 16_384 / columns)) { range in
        var scratch = TokenChoice.Scratch(digits: digits)
        for index in range {
          let place = places[index]
          let row = UnsafeBufferPointer(
            start: source.pointer.map { $0 + index * columns }, count: columns)
          let found = choice.draw(
            row, digits: digits, noise[place.canvas], step: step, place: place.place, &scratch)
          (target.pointer.map { $0 + index })?.initialize(to: found)
        }
      }
      count = places.count
    }
    withExtendedLifetime(logits) {}
    return drawn
  }

  /// l_c + α (l_c - l_0); the pass without a class is left out where α is 0.
  private func guidedLogits(
    _ step: Int, _ places: [CanvasPlace], _ canvases: [Canvas], _ predictor: some TokenPredictor,
    _ workers: any Workers
  ) throws -> Tensor {
    let scale = guidance.scale(at: Float(step) / Float(steps))
    let given = try predictor.logits(of: places, in: canvases)
    guard scale != 0 else { return given }
    let classless = canvases.map { Canvas(tokens: $0.tokens, label: -1) }
    let free = try predictor.logits(of: places, in: classless)
    return ElementwiseWork.map(given, free, workers: workers) { given, free, result, count in
      for index in 0..<Int(count) {
        result[index] = given[index] + scale * (given[index] - free[index])
      }
    }
  }
}

extension RevealOrder {
  /// True when a settled place may be masked again.
  var returns: Bool {
    if case .remasking = self { true } else { false }
  }
}

import TensorCore

extension Pass {
  /// Computes a part of a network without remembering it, and once more when its gradient is asked for: memory for
  /// time.
  ///
  /// Source: Chen et al. 2016, "Training deep nets with sublinear memory cost".
  ///
  /// - Parameters:
  ///   - input: What goes in.
  ///   - parameters: All that the part uses.
  ///   - body: The part; the same each time it is called.
  /// - Returns: What comes out.
  package func checkpointed(
    _ input: Variable, _ parameters: [Parameter],
    _ body: @escaping (Variable, Pass) -> Variable
  ) -> Variable {
    guard tape != nil else { return body(input, self) }
    let leaves = parameters.map { variable($0) }
    let forgetful = Pass(workers: workers, precision: precision)
    let value = body(Variable(input.value), forgetful).value
    return result(value, of: [input] + leaves) { gradient, pass in
      let inner = Tape { parameter in
        zip(parameters, leaves).contains { $0 === parameter && $1.needsGradient }
      }
      let again = Pass(workers: pass.workers, precision: pass.precision, tape: inner)
      let copy = Variable(input.value, needsGradient: input.needsGradient)
      let output = body(copy, again)
      output.accumulate(gradient, again)
      inner.replay(again)
      if let part = copy.takeGradient() { input.accumulate(part, pass) }
      for (parameter, leaf) in zip(parameters, leaves) {
        if let part = inner.variable(of: parameter).takeGradient() { leaf.accumulate(part, pass) }
      }
    }
  }
}

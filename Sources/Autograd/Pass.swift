package import Kernels
package import TensorCore

/// One way through a network: who computes, how exactly, and whether gradients will be asked for.
///
/// Operations are methods of a pass. Without a tape nothing is remembered, and memory is free again as soon as the next
/// operation is done with it.
package struct Pass {
  /// Who computes.
  package let workers: any Workers
  /// How products are computed.
  package let precision: Precision
  /// Whether convolutions in f32 take Winograd's method where it is faster; false for the sums as they are defined.
  package let usesWinograd: Bool
  /// Remembers what is done; nil for inference.
  package let tape: Tape?

  /// Sets a pass up.
  package init(
    workers: any Workers, precision: Precision = .f32, usesWinograd: Bool = true, tape: Tape? = nil
  ) {
    self.workers = workers
    self.precision = precision
    self.usesWinograd = usesWinograd
    self.tape = tape
  }

  /// A parameter's value within this pass.
  package func variable(_ parameter: Parameter) -> Variable {
    tape?.variable(of: parameter) ?? Variable(parameter.value.widened)
  }

  /// An input whose gradient is wanted, as for a penalty on gradients or a part of a network on its own.
  package func watched(_ value: Tensor) -> Variable {
    Variable(value, needsGradient: tape != nil)
  }

  /// The result of an operation, and how its gradient goes back.
  ///
  /// - Parameters:
  ///   - value: The result.
  ///   - inputs: What it was computed from.
  ///   - backward: Gets the gradient of the result and adds to those of the inputs; not called when none arrives.
  /// - Returns: A variable that the tape knows, if there is a tape and an input wants a gradient.
  func result(
    _ value: Tensor, of inputs: [Variable], backward: @escaping (Tensor, Pass) -> Void
  ) -> Variable {
    guard let tape, inputs.contains(where: \.needsGradient) else { return Variable(value) }
    let variable = Variable(value, needsGradient: true)
    tape.record { pass in
      guard let gradient = variable.takeGradient() else { return }
      backward(gradient, pass)
    }
    return variable
  }
}

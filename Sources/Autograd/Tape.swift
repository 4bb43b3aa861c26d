package import TensorCore

/// What was computed in a pass, in order, so that gradients can go back through it.
package final class Tape {
  private var steps: [(Pass) -> Void] = []
  private var leaves: [ObjectIdentifier: (parameter: Parameter, variable: Variable)] = [:]
  /// Parameters whose gradients are wanted; nil for all.
  private let isLearned: (Parameter) -> Bool

  /// Starts an empty tape.
  ///
  /// - Parameter isLearned: Tells parameters that are learned from those that are held fixed.
  package init(learning isLearned: @escaping (Parameter) -> Bool = { _ in true }) {
    self.isLearned = isLearned
  }

  /// The variable of a parameter, the same each time.
  func variable(of parameter: Parameter) -> Variable {
    if let known = leaves[ObjectIdentifier(parameter)] { return known.variable }
    precondition(
      parameter.value.type == .f32, "gradients are of f32; '\(parameter.name)' is not")
    let variable = Variable(parameter.value, needsGradient: isLearned(parameter))
    leaves[ObjectIdentifier(parameter)] = (parameter, variable)
    return variable
  }

  /// Adds a step; it is called once the gradients of everything computed later have arrived.
  func record(_ step: @escaping (Pass) -> Void) { steps.append(step) }

  /// Sends the gradient of a loss back through everything that was recorded; the tape is empty then.
  ///
  /// - Parameters:
  ///   - loss: One number, shape [].
  ///   - scale: What the loss is multiplied by, as for a mean over several passes.
  ///   - pass: The pass that recorded.
  /// - Returns: Gradients by parameter, of those that the loss depends on.
  package func gradients(of loss: Variable, scale: Float = 1, _ pass: Pass) -> [Gradient] {
    precondition(loss.shape.count == 1, "a loss is one number")
    loss.accumulate(Tensor(loss.shape, repeating: scale), pass)
    replay(pass)
    let found = leaves.values.compactMap { leaf in
      leaf.variable.gradient.map { Gradient(parameter: leaf.parameter, value: $0) }
    }
    leaves = [:]
    return found.sorted { $0.parameter.name < $1.parameter.name }
  }

  /// Runs the steps backward, letting go of each as it is done.
  func replay(_ pass: Pass) {
    while let step = steps.popLast() { step(pass) }
  }
}

/// The gradient of a loss with respect to a parameter.
package struct Gradient {
  package let parameter: Parameter
  package var value: Tensor

  /// Pairs them.
  package init(parameter: Parameter, value: Tensor) {
    self.parameter = parameter
    self.value = value
  }
}

package import TensorCore

/// What is trained: takes steps, and knows all of itself that a later run needs.
package protocol Learner: AnyObject {
  /// Takes a step.
  ///
  /// - Parameters:
  ///   - number: Counted from 0; what the step sees and draws depends on nothing else.
  ///   - workers: Who computes.
  /// - Returns: Numbers worth logging, `loss` among them.
  /// - Throws: ``NotANumberError``, and what reading of data throws.
  func step(_ number: Int, workers: any Workers) throws -> [String: Double]

  /// Everything that steps change, by name: weights, moments, averages, codebooks.
  var state: [String: Tensor] { get }

  /// Becomes what it was when `state` was taken.
  ///
  /// - Parameters:
  ///   - state: As ``state`` gave it.
  ///   - steps: Taken so far.
  /// - Throws: ``TrainingStateError`` when the state is of another model.
  func restore(_ state: [String: Tensor], steps: Int) throws
}

/// A training state that doesn't fit the model that is to go on from it.
package struct TrainingStateError: Error, Hashable, CustomStringConvertible {
  /// Names that are missing, unknown or of another shape, each with why.
  package let faults: [String]

  package init(faults: [String]) { self.faults = faults }

  package var description: String {
    let shown = faults.prefix(8).joined(separator: "; ")
    let more = faults.count > 8 ? " and \(faults.count - 8) more" : ""
    return """
      the saved training state is of another model: \(shown)\(more). Give the job another name, or remove its state, to \
      start afresh
      """
  }

  /// Compares a state with what the model has.
  ///
  /// - Parameters:
  ///   - state: What was saved.
  ///   - wanted: Shapes by name.
  /// - Throws: Itself, when there is a fault.
  package static func check(_ state: [String: Tensor], has wanted: [String: Shape]) throws(Self) {
    var faults: [String] = []
    for (name, shape) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let found = state[name] else {
        faults.append("'\(name)' is missing")
        continue
      }
      if found.shape != shape {
        faults.append("'\(name)' has shape \(found.shape), the model wants \(shape)")
      }
    }
    for name in state.keys.sorted() where wanted[name] == nil {
      faults.append("'\(name)' is unknown")
    }
    if !faults.isEmpty { throw TrainingStateError(faults: faults) }
  }
}

package import Autograd
package import TensorCore

/// Changes parameters by the gradients of a loss.
package protocol Optimizer: AnyObject {
  /// Steps that were taken.
  var steps: Int { get }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - gradients: Of the loss.
  ///   - rate: The learning rate.
  ///   - workers: Who computes.
  /// - Returns: The norm of all gradients together, before clipping.
  /// - Throws: ``NotANumberError`` when a gradient is none; nothing is changed then.
  @discardableResult
  func step(
    _ gradients: [Gradient], rate: Double, workers: any Workers
  ) throws(NotANumberError) -> Double

  /// With ``steps`` all that a later run needs to go on, by names that say what of which parameter.
  var state: [String: Tensor] { get }

  /// Goes on from what an earlier run left.
  ///
  /// - Parameters:
  ///   - state: As ``state`` gave it.
  ///   - steps: Taken so far.
  func restore(_ state: [String: Tensor], steps: Int)
}

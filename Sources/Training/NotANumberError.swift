/// A number that is none turned up in training.
package struct NotANumberError: Error, Hashable, CustomStringConvertible {
  /// Which tensor.
  package let what: String
  /// At which step, counted from 0.
  package let step: Int

  /// Names it.
  package init(what: String, step: Int) {
    self.what = what
    self.step = step
  }

  package var description: String {
    """
    \(what) is not finite at step \(step); the last checkpoint is from before. A smaller learning rate, a longer \
    warm-up or clipping of gradients may help
    """
  }
}

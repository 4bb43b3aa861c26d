import CKernels
package import TensorCore

/// Cross-entropy of logits with one right class for each row; formula and source are in `lattice_cross_entropy.h`.
package struct CrossEntropy: Sendable {
  /// The share of a label that is spread over all classes, 0..<1.
  package let smoothing: Float

  /// Sets a loss up.
  package init(smoothing: Float = 0) {
    precondition(smoothing >= 0 && smoothing < 1, "label smoothing is a share below 1")
    self.smoothing = smoothing
  }

  /// The loss of each row.
  ///
  /// - Parameters:
  ///   - logits: Shape (…, classes).
  ///   - labels: i32, as many as rows, each a class; a negative one leaves its row out.
  ///   - workers: Who computes.
  /// - Returns: Shape (rows).
  package func losses(_ logits: Tensor, _ labels: Tensor, workers: any Workers) -> Tensor {
    let (rows, classes) = (logits.shape.rows, logits.shape.columns)
    check(labels, rows, classes)
    return Tensor([rows]) { losses in
      let target = SendablePointer(losses.baseAddress)
      let source = SendableConstant(logits.withFloats { $0.baseAddress })
      let right = SendableConstant(labels.withElements(Int32.self) { $0.baseAddress })
      workers.forRanges(rows, grain: max(1, 8192 / classes)) { range in
        let start = range.lowerBound
        lattice_cross_entropy_f32(
          source.pointer.map { $0 + start * classes }, right.pointer.map { $0 + start }, smoothing,
          target.pointer.map { $0 + start }, Int64(range.count), Int64(classes))
      }
      withExtendedLifetime((logits, labels)) {}
    }
  }

  /// The gradient of the logits.
  ///
  /// - Parameters:
  ///   - logits: As given to ``losses(_:_:workers:)``.
  ///   - labels: Likewise.
  ///   - gradient: Of the losses, shape (rows).
  ///   - workers: Who computes.
  /// - Returns: Of the logits' shape.
  package func backward(
    _ logits: Tensor, _ labels: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let (rows, classes) = (logits.shape.rows, logits.shape.columns)
    return Tensor(logits.shape) { result in
      let target = SendablePointer(result.baseAddress)
      let source = SendableConstant(logits.withFloats { $0.baseAddress })
      let right = SendableConstant(labels.withElements(Int32.self) { $0.baseAddress })
      let share = SendableConstant(gradient.withFloats { $0.baseAddress })
      workers.forRanges(rows, grain: max(1, 8192 / classes)) { range in
        let start = range.lowerBound
        lattice_cross_entropy_backward_f32(
          source.pointer.map { $0 + start * classes }, right.pointer.map { $0 + start }, smoothing,
          share.pointer.map { $0 + start }, target.pointer.map { $0 + start * classes },
          Int64(range.count), Int64(classes))
      }
      withExtendedLifetime((logits, labels, gradient)) {}
    }
  }

  private func check(_ labels: Tensor, _ rows: Int, _ classes: Int) {
    precondition(labels.shape.count == rows && classes > 0, "one label for each row")
    let isKnown = labels.withElements(Int32.self) { $0.allSatisfy { Int($0) < classes } }
    precondition(isKnown, "labels are classes")
  }
}

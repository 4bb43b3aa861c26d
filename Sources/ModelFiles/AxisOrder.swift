/// Tensors with their axes in another order.
enum AxisOrder {
  /// target[i] = source[p], with p[axes[j]] = i[j] for each axis j of the target.
  ///
  /// - Parameters:
  ///   - source: Row-major.
  ///   - shape: Of the source.
  ///   - axes: For each axis of the target, the axis of the source that it is.
  ///   - target: Row-major; of as many elements.
  static func arrange<Element: BitwiseCopyable>(
    _ source: UnsafeBufferPointer<Element>, shape: [Int], axes: [Int],
    into target: UnsafeMutableBufferPointer<Element>
  ) {
    precondition(source.count == target.count, "as many elements on both sides")
    var steps = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      steps[axis] = steps[axis + 1] * shape[axis + 1]
    }
    let sizes = axes.map { shape[$0] }
    let targetSteps = axes.map { steps[$0] }
    guard let columns = sizes.last, let step = targetSteps.last else {
      _ = target.update(fromContentsOf: source)
      return
    }
    guard source.count > 0 else { return }
    var position = [Int](repeating: 0, count: sizes.count - 1)
    var start = 0
    for row in 0..<(source.count / columns) {
      var (from, to) = (start, row * columns)
      for _ in 0..<columns {
        target[to] = source[from]
        from += step
        to += 1
      }
      for axis in position.indices.reversed() {
        position[axis] += 1
        start += targetSteps[axis]
        if position[axis] < sizes[axis] { break }
        start -= targetSteps[axis] * sizes[axis]
        position[axis] = 0
      }
    }
  }
}

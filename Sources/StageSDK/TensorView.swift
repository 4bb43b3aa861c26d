import CStageABI

/// A read-only tensor, dense and row-major; valid until `process` returns.
public struct TensorView {
  /// The type of its elements.
  public let type: ElementType
  /// Sizes, the batch first.
  public let shape: [Int]
  /// Its memory; nil when a size is 0.
  public let data: UnsafeRawPointer?

  /// Elements in all.
  public var count: Int { shape.reduce(1, *) }

  /// The elements.
  ///
  /// - Parameter type: A Swift type that lies in memory as the tensor's elements do.
  /// - Returns: All elements, the last dimension fastest.
  /// - Throws: ``StageError`` with code `internal` when the types don't match.
  public func bind<Element: TensorElement>(
    _ type: Element.Type
  ) throws -> UnsafeBufferPointer<Element> {
    try requireMatch(type, self.type)
    return UnsafeBufferPointer(
      start: data?.assumingMemoryBound(to: type), count: data == nil ? 0 : count)
  }

  /// The elements of one item.
  public func row<Element: TensorElement>(
    _ index: Int, _ type: Element.Type
  ) throws -> UnsafeBufferPointer<Element> {
    let all = try bind(type)
    let stride = all.count / max(1, shape[0])
    return UnsafeBufferPointer(rebasing: all[index * stride..<(index + 1) * stride])
  }
}

/// A tensor being made, dense, row-major and zeroed; valid until `process` returns.
public struct MutableTensorView {
  /// The type of its elements.
  public let type: ElementType
  /// Sizes, the batch first.
  public let shape: [Int]
  /// Its memory; nil when a size is 0.
  public let data: UnsafeMutableRawPointer?

  /// Elements in all.
  public var count: Int { shape.reduce(1, *) }

  /// The elements, to be written in place.
  ///
  /// - Parameter type: A Swift type that lies in memory as the tensor's elements do.
  /// - Returns: All elements, the last dimension fastest.
  /// - Throws: ``StageError`` with code `internal` when the types don't match.
  public func bind<Element: TensorElement>(
    _ type: Element.Type
  ) throws -> UnsafeMutableBufferPointer<Element> {
    try requireMatch(type, self.type)
    return UnsafeMutableBufferPointer(
      start: data?.assumingMemoryBound(to: type), count: data == nil ? 0 : count)
  }

  /// The elements of one item, to be written in place.
  public func row<Element: TensorElement>(
    _ index: Int, _ type: Element.Type
  ) throws -> UnsafeMutableBufferPointer<Element> {
    let all = try bind(type)
    let stride = all.count / max(1, shape[0])
    return UnsafeMutableBufferPointer(rebasing: all[index * stride..<(index + 1) * stride])
  }
}

// Items of a batch are worked on by several threads, each on its own rows.
extension TensorView: @unchecked Sendable {}
extension MutableTensorView: @unchecked Sendable {}

private func requireMatch<Element: TensorElement>(
  _ type: Element.Type, _ element: ElementType
) throws {
  guard Element.elementTypes.contains(element) else {
    throw StageError(.internal, "a tensor of \(element) can't be read as \(type)")
  }
}

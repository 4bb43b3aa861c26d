/// A dense array of numbers, a value: changing one tensor never changes another.
///
/// Row-major, the last dimension fastest. Copies share memory until one of them is written to.
package struct Tensor: Sendable {
  /// Sizes, outermost first.
  package let shape: Shape
  /// The type of its elements.
  package let type: TensorType
  private var storage: TensorStorage
  /// In bytes, from the start of the storage.
  private let offset: Int

  /// Bytes in all.
  package var byteCount: Int { shape.count * type.byteCount }

  /// Takes a part of a storage.
  ///
  /// - Parameters:
  ///   - storage: Holds the tensor.
  ///   - offset: Where it starts, in bytes.
  ///   - shape: Its sizes.
  ///   - type: Of its elements.
  package init(storage: TensorStorage, offset: Int = 0, shape: Shape, type: TensorType) {
    precondition(
      offset >= 0 && offset + shape.count * type.byteCount <= storage.byteCount,
      "the storage must hold the tensor")
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.type = type
  }

  /// Makes a tensor and fills it.
  ///
  /// - Parameters:
  ///   - shape: Its sizes.
  ///   - type: Of its elements.
  ///   - element: As they lie in memory.
  ///   - body: Writes every element; memory is not cleared before.
  package init<Element: TensorElement>(
    _ shape: Shape, type: TensorType, of element: Element.Type,
    filledBy body: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) rethrows {
    precondition(Element.tensorTypes.contains(type), "elements must lie in memory as the type says")
    let storage = TensorStorage(byteCount: shape.count * type.byteCount)
    self.init(storage: storage, shape: shape, type: type)
    try body(
      UnsafeMutableBufferPointer(
        start: storage.memory.assumingMemoryBound(to: Element.self), count: shape.count))
  }

  /// Makes an f32 tensor and fills it; `body` writes every element.
  package init(
    _ shape: Shape, filledBy body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    try self.init(shape, type: .f32, of: Float.self, filledBy: body)
  }

  /// A tensor of these values.
  package init(_ shape: Shape, _ values: [Float]) {
    precondition(values.count == shape.count, "as many values as the shape has elements")
    self.init(shape) { _ = $0.update(fromContentsOf: values) }
  }

  /// A tensor of these values.
  package init(_ shape: Shape, integers values: [Int32]) {
    precondition(values.count == shape.count, "as many values as the shape has elements")
    self.init(shape, type: .i32, of: Int32.self) { _ = $0.update(fromContentsOf: values) }
  }

  /// A tensor of one value.
  package init(_ shape: Shape, repeating value: Float) {
    self.init(shape) { $0.update(repeating: value) }
  }

  /// A tensor of zeros of any type.
  package static func zeros(_ shape: Shape, type: TensorType = .f32) -> Tensor {
    let storage = TensorStorage(byteCount: shape.count * type.byteCount)
    storage.memory.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
    return Tensor(storage: storage, shape: shape, type: type)
  }

  /// Its elements; valid as long as the tensor is.
  ///
  /// - Parameters:
  ///   - type: As the elements lie in memory.
  ///   - body: Reads them.
  /// - Returns: What `body` returns.
  package func withElements<Element: TensorElement, Result>(
    _ type: Element.Type, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(Element.tensorTypes.contains(self.type), "\(self.type) is not read as \(type)")
    return try withExtendedLifetime(storage) {
      try body(
        UnsafeBufferPointer(
          start: (storage.memory + offset).assumingMemoryBound(to: type), count: shape.count))
    }
  }

  /// Its elements, to be changed in place; copied first if another tensor shares them.
  ///
  /// - Parameters:
  ///   - type: As the elements lie in memory.
  ///   - body: Changes them.
  /// - Returns: What `body` returns.
  package mutating func withMutableElements<Element: TensorElement, Result>(
    _ type: Element.Type,
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(Element.tensorTypes.contains(self.type), "\(self.type) is not written as \(type)")
    if !isKnownUniquelyReferenced(&storage) || storage.isBorrowed { self = copied() }
    return try body(
      UnsafeMutableBufferPointer(
        start: (storage.memory + offset).assumingMemoryBound(to: type), count: shape.count))
  }

  /// The elements of an f32 tensor.
  package func withFloats<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withElements(Float.self, body)
  }

  /// The elements of an f32 tensor, to be changed in place.
  package mutating func withMutableFloats<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withMutableElements(Float.self, body)
  }

  /// Its bytes.
  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(start: storage.memory + offset, count: byteCount))
    }
  }

  /// Whether it can be changed in place, without a copy: nobody else shares its memory.
  package var isUnique: Bool {
    mutating get { isKnownUniquelyReferenced(&storage) && !storage.isBorrowed }
  }

  /// All elements of an f32 tensor.
  package var floats: [Float] { withFloats { Array($0) } }
  /// All elements of an i32 tensor.
  package var integers: [Int32] { withElements(Int32.self) { Array($0) } }

  /// The same elements under other sizes, without a copy.
  package func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == self.shape.count, "\(self.shape) has other elements than \(shape)")
    return Tensor(storage: storage, offset: offset, shape: shape, type: type)
  }

  /// Some of the outermost dimension, without a copy.
  package subscript(rows: Range<Int>) -> Tensor {
    precondition(shape.rank > 0 && rows.lowerBound >= 0 && rows.upperBound <= shape[0])
    let inner = Array(shape.sizes.dropFirst())
    let size = inner.reduce(type.byteCount, *)
    return Tensor(
      storage: storage, offset: offset + rows.lowerBound * size, shape: Shape([rows.count] + inner),
      type: type)
  }

  /// The same elements in memory of their own.
  private func copied() -> Tensor {
    let copy = TensorStorage(byteCount: byteCount)
    withBytes {
      UnsafeMutableRawBufferPointer(start: copy.memory, count: byteCount).copyMemory(from: $0)
    }
    return Tensor(storage: copy, shape: shape, type: type)
  }
}

extension Tensor {
  /// The same numbers as f32: the tensor itself, or a copy of one that is bf16.
  package var widened: Tensor {
    guard type == .bf16 else { return self }
    return Tensor(shape) { target in
      withElements(UInt16.self) { source in BrainFloat.widen(source, into: target) }
    }
  }
}

/// Numbers of bf16: the upper half of an f32.
package enum BrainFloat {
  /// Writes as many floats as there are bits; exact.
  package static func widen(
    _ source: UnsafeBufferPointer<UInt16>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(source.count == target.count, "as many numbers on both sides")
    for index in source.indices { target[index] = Float(bitPattern: UInt32(source[index]) << 16) }
  }

  /// The nearest number of bf16, ties to even; one that is no number stays none.
  package static func narrowed(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}

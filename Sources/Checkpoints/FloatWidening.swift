import TensorFiles

/// Floats of other types as f32.
enum FloatWidening {
  /// True for f16, bf16 and f64, which become f32.
  static func isPossible(from type: ScalarType, to wanted: ScalarType) -> Bool {
    wanted == .f32 && [.f16, .bf16, .f64].contains(type)
  }

  /// Writes every element of `source` as f32; f16 and bf16 exactly, f64 to the nearest, ties to even.
  static func widen(
    _ source: UnsafeRawBufferPointer, from type: ScalarType,
    into memory: UnsafeMutableRawBufferPointer
  ) {
    let floats = memory.bindMemory(to: Float.self)
    switch type {
    case .bf16:
      for (index, bits) in source.bindMemory(to: UInt16.self).enumerated() {
        floats[index] = Float(bitPattern: UInt32(bits) << 16)
      }
    case .f16:
      for (index, value) in source.bindMemory(to: Float16.self).enumerated() {
        floats[index] = Float(value)
      }
    case .f64:
      for (index, value) in source.bindMemory(to: Double.self).enumerated() {
        floats[index] = Float(value)
      }
    default: preconditionFailure("\(type) is not widened to f32")
    }
  }
}

import TensorCore
import TensorFiles

/// The types that weights are saved as.
package enum WeightType: String, Hashable, Sendable, Codable, CaseIterable {
  case f32, bf16, f16

  var scalar: ScalarType {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .f16: .f16
    }
  }

  /// The greatest number that doesn't become infinite.
  var greatest: Float {
    switch self {
    case .f32: .greatestFiniteMagnitude
    // Half a step above the greatest number of the type rounds to infinity.
    case .bf16: Float(bitPattern: 0x7F7F_7FFF)
    case .f16: 65_519.996
    }
  }

  /// Rounds to the nearest number of the type, ties to even.
  ///
  /// - Parameters:
  ///   - source: The numbers.
  ///   - target: As many elements of the type.
  func narrow(_ source: UnsafeBufferPointer<Float>, into target: UnsafeMutableRawBufferPointer) {
    switch self {
    case .f32: target.copyMemory(from: UnsafeRawBufferPointer(source))
    case .bf16:
      let bits = target.bindMemory(to: UInt16.self)
      for index in source.indices { bits[index] = BrainFloat.narrowed(source[index]) }
    case .f16:
      let halves = target.bindMemory(to: Float16.self)
      for index in source.indices { halves[index] = Float16(source[index]) }
    }
  }
}

import JobModel
import StageHost

/// What the elements of a made-up input are.
enum SampleValues: Hashable, Sendable, CaseIterable {
  /// 0...1 for floats, 0...3 for integers, other ones for every item.
  case ordinary
  case notANumber, infinity, negativeInfinity, largest, smallest, tiny

  /// What a sentence calls them.
  var name: String {
    switch self {
    case .ordinary: "ordinary values"
    case .notANumber: "NaN"
    case .infinity: "infinity"
    case .negativeInfinity: "negative infinity"
    case .largest: "the largest values of the type"
    case .smallest: "the most negative values of the type"
    case .tiny: "the smallest values above 0"
    }
  }

  /// Writes the elements of one item.
  ///
  /// - Parameters:
  ///   - row: Room for the elements, with no alignment to count on.
  ///   - type: Of the elements.
  ///   - numbers: Where ordinary values come from.
  func fill(
    _ row: UnsafeMutableRawBufferPointer, _ type: ElementType, _ numbers: inout SampleNumbers
  ) {
    let size = type.byteCount
    for start in stride(from: 0, to: row.count - row.count % size, by: size) {
      let bits = bits(type, &numbers)
      for byte in 0..<size {
        row[start + byte] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))
      }
    }
  }

  private func bits(_ type: ElementType, _ numbers: inout SampleNumbers) -> UInt64 {
    switch type {
    case .f64:
      return float().map(\.bitPattern) ?? Double.random(in: 0...1, using: &numbers).bitPattern
    case .f32, .bf16, .f16:
      let value = float().map { Float($0) } ?? Float.random(in: 0...1, using: &numbers)
      // bf16 is the upper half of f32.
      if type == .bf16 { return UInt64(value.bitPattern >> 16) }
      if type == .f16 { return UInt64(halfBits(value)) }
      return UInt64(float(asSingle: value).bitPattern)
    case .bool: return self == .ordinary ? numbers.next() % 2 : self == .tiny ? 0 : 1
    case .u8, .i8, .u16, .i16, .u32, .i32, .u64, .i64: return integer(type, &numbers)
    }
  }

  private func float() -> Double? {
    switch self {
    case .ordinary: nil
    case .notANumber: .nan
    case .infinity: .infinity
    case .negativeInfinity: -.infinity
    case .largest: .greatestFiniteMagnitude
    case .smallest: -.greatestFiniteMagnitude
    case .tiny: .leastNonzeroMagnitude
    }
  }

  private func float(asSingle value: Float) -> Float {
    switch self {
    case .largest: .greatestFiniteMagnitude
    case .smallest: -.greatestFiniteMagnitude
    case .tiny: .leastNonzeroMagnitude
    default: value
    }
  }

  private func halfBits(_ value: Float) -> UInt16 {
    switch self {
    case .ordinary: UInt16(0x3800 | UInt16(value * 1023) & 0x3FF)
    case .notANumber: 0x7E00
    case .infinity: 0x7C00
    case .negativeInfinity: 0xFC00
    case .largest: 0x7BFF
    case .smallest: 0xFBFF
    case .tiny: 0x0001
    }
  }

  private func integer(_ type: ElementType, _ numbers: inout SampleNumbers) -> UInt64 {
    let isSigned = [.i8, .i16, .i32, .i64].contains(type)
    let width = UInt64(type.byteCount * 8)
    let most = UInt64.max >> (64 - width + (isSigned ? 1 : 0))
    return switch self {
    case .ordinary: numbers.next() % 4
    case .notANumber, .infinity, .largest: most
    case .negativeInfinity, .smallest: isSigned ? most + 1 : 0
    case .tiny: isSigned ? UInt64.max : 1
    }
  }
}

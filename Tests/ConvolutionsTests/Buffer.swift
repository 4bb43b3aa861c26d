import Glibc

/// Aligned floats: random ones, or no numbers at all to be written over.
final class Buffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  var constant: UnsafePointer<Float> { UnsafePointer(pointer) }

  /// Numbers between -1 and 1 that are the same each time; without a seed, no numbers.
  init(_ count: Int, seed: UInt64? = nil) {
    self.count = count
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 4), alignment: 64)
    pointer = memory.bindMemory(to: Float.self, capacity: count)
    var state = (seed ?? 0) &* 2_654_435_761 &+ 17
    for index in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      pointer[index] = seed == nil ? .nan : Float(state >> 40) / Float(1 << 23) - 1
    }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// The norm of the difference by the norm of the other; no number if one isn't.
  func error(from other: Buffer) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for index in 0..<count {
      difference += pow(Double(pointer[index]) - Double(other.pointer[index]), 2)
      norm += pow(Double(other.pointer[index]), 2)
    }
    return difference.isFinite ? (difference / norm).squareRoot() : .infinity
  }
}

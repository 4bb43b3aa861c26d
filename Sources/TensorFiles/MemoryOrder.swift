/// The order of bytes within an element.
package enum ByteOrder {
  /// Turns each element around, in place.
  package static func swap(_ memory: UnsafeMutableRawBufferPointer, width: Int) {
    for start in stride(from: 0, to: memory.count, by: width) {
      for step in 0..<width / 2 { memory.swapAt(start + step, start + width - 1 - step) }
    }
  }
}

/// Tensors whose first index varies fastest.
package enum FortranOrder {
  /// Puts such a tensor into row-major order, in place.
  package static func rearrange(_ memory: UnsafeMutableRawBufferPointer, shape: [Int], width: Int) {
    let source = [UInt8](memory)
    var position = [Int](repeating: 0, count: shape.count)
    var strides = [Int](repeating: width, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    for target in stride(from: 0, to: source.count, by: width) {
      let from = zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
      for byte in 0..<width { memory[target + byte] = source[from + byte] }
      for axis in shape.indices.reversed() {
        position[axis] += 1
        if position[axis] < shape[axis] { break }
        position[axis] = 0
      }
    }
  }
}

import FSQ

extension FiniteScalarQuantizer {
  func bounded(_ latents: [Float]) -> [Float] {
    var result = latents
    latents.withUnsafeBufferPointer { input in
      result.withUnsafeMutableBufferPointer { bound(input, into: $0) }
    }
    return result
  }

  func indices(bounded: [Float]) -> [Int32] {
    var result = [Int32](repeating: -1, count: bounded.count / dimension)
    bounded.withUnsafeBufferPointer { input in
      result.withUnsafeMutableBufferPointer { quantize(bounded: input, into: $0) }
    }
    return result
  }

  func indices(unit: [Float]) -> [Int32] {
    var result = [Int32](repeating: -1, count: unit.count / dimension)
    unit.withUnsafeBufferPointer { input in
      result.withUnsafeMutableBufferPointer { quantize(unit: input, into: $0) }
    }
    return result
  }

  func codes(_ indices: [Int32]) throws -> [Float] {
    var result = [Float](repeating: .nan, count: indices.count * dimension)
    try indices.withUnsafeBufferPointer { input in
      try result.withUnsafeMutableBufferPointer { try codes(of: input, into: $0) }
    }
    return result
  }

  func unitValues(_ indices: [Int32]) throws -> [Float] {
    var result = [Float](repeating: .nan, count: indices.count * dimension)
    try indices.withUnsafeBufferPointer { input in
      try result.withUnsafeMutableBufferPointer { try unitValues(of: input, into: $0) }
    }
    return result
  }

  func gradient(_ latents: [Float], _ codeGradient: [Float]) -> [Float] {
    var result = latents
    latents.withUnsafeBufferPointer { latents in
      codeGradient.withUnsafeBufferPointer { gradient in
        result.withUnsafeMutableBufferPointer {
          self.gradient(at: latents, codeGradient: gradient, into: $0)
        }
      }
    }
    return result
  }
}

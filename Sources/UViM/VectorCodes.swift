package import Autograd
import Kernels
package import TensorCore

/// Vector quantization of the guiding code: the nearest of a dictionary of unit vectors.
///
/// The dictionary holds sums of vectors and how many there were, both as moving averages; their ratio, brought to
/// length 1, is a code's vector.
///
/// Source: Kolesnikov et al. 2022, appendix; van den Oord et al. 2017, appendix A.1, for the moving averages.
package struct VectorCodes: CodeQuantizer {
  /// Sums of the vectors of each code, (codes, values).
  package let dictionary: Tensor
  /// How many there were, (codes).
  package let counts: Tensor
  /// Unit vectors, (codes, values).
  private let unit: Tensor

  package var size: Int { dictionary.shape[0] }

  /// Takes moving averages.
  package init(dictionary: Tensor, counts: Tensor) {
    let dictionary = dictionary.widened
    self.dictionary = dictionary
    self.counts = counts
    let width = dictionary.shape.columns
    unit = Tensor(dictionary.shape) { target in
      dictionary.withFloats { sums in
        counts.withFloats { counts in
          for code in 0..<counts.count {
            var squares = 0.0
            for index in code * width..<(code + 1) * width {
              let value = Double(sums[index]) / Double(counts[code])
              squares += value * value
            }
            // A code that never came up fades to nothing, and has no direction then: nothing is near to it.
            let scale =
              squares > 0 && squares.isFinite
              ? 1 / (squares.squareRoot() * Double(counts[code])) : 0
            for index in code * width..<(code + 1) * width {
              target[index] = Float(Double(sums[index]) * scale)
            }
          }
        }
      }
    }
  }

  package func prepare(_ latents: Variable, _ pass: Pass) -> Variable {
    Standardize.apply(latents, pass)
  }

  package func codes(of prepared: Tensor, _ pass: Pass) -> Tensor {
    // |x - d|² = |x|² - 2 x d + 1: the nearest unit vector has the greatest product.
    let right = PackedMatrix(unit, isTransposed: true, precision: .f32, workers: pass.workers)
    let products = Gemm.multiply(prepared, right, workers: pass.workers)
    let size = size
    return Tensor(
      Shape(Array(prepared.shape.sizes.dropLast())), type: .i32, of: Int32.self
    ) { target in
      products.withFloats { products in
        for row in target.indices {
          target[row] = Int32(RowMaximum.index(of: products, from: row * size, count: size))
        }
      }
    }
  }

  package func vectors(of codes: Tensor) -> Tensor {
    let width = unit.shape.columns
    return Tensor(Shape(codes.shape.sizes + [width])) { target in
      unit.withFloats { unit in
        codes.withElements(Int32.self) { codes in
          for (place, code) in codes.enumerated() {
            for index in 0..<width {
              target[place * width + index] = unit[Int(code) * width + index]
            }
          }
        }
      }
    }
  }

  package func quantized(_ prepared: Variable, codes: Tensor, _ pass: Pass) -> Variable {
    pass.straightThrough(vectors(of: codes), for: prepared)
  }
}

/// The place of a row's greatest value.
enum RowMaximum {
  /// The first of the greatest of `count` values from `start` on.
  static func index(of values: UnsafeBufferPointer<Float>, from start: Int, count: Int) -> Int {
    var best = 0
    for index in 1..<max(1, count) where values[start + index] > values[start + best] {
      best = index
    }
    return best
  }
}

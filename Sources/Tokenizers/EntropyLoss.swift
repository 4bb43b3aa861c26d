import Autograd
import CKernels
import Glibc
import Kernels
import TensorCore

/// The entropy penalty of MaskGIT's vector quantizer: the mean entropy of each latent's choice among vectors, less the
/// entropy of the mean choice.
///
///     p_nk = softmax over k of -|z_n - c_k|^2 / temperature,  m_k = mean over n of p_nk
///     loss = mean over n of -sum_k p_nk log p_nk  +  sum_k m_k log(m_k + 1e-5)
///
/// Source: Chang et al. 2022, "MaskGIT", the code's `softmax` kind of entropy loss.
struct EntropyLoss {
  let temperature: Float

  /// The loss of latents (rows, width) and a codebook (codes, width), shape [].
  func callAsFunction(_ latents: Variable, _ codebook: Parameter, _ pass: Pass) -> Variable {
    let vectors = pass.variable(codebook)
    let (rows, codes) = (latents.shape[0], codebook.value.shape[0])
    let probabilities = probabilities(latents.value, codebook, pass)
    let (entropies, means) = summary(probabilities, pass)
    let sharpness = entropies.reduce(0, +) / Double(rows)
    let spread = means.reduce(0) { $0 + Double($1) * log(Double($1) + 1e-5) }
    let value = Tensor([], [Float(sharpness + spread)])
    return pass.function([latents, vectors], value: value) { gradient, pass in
      // dL/dp = -(log p + 1) / rows + (log(m + e) + m / (m + e)) / rows; then through the softmax and the distances.
      let pull = means.map { log($0 + 1e-5) + $0 / ($0 + 1e-5) }
      let factor = gradient.floats[0] / Float(rows) / temperature
      let slopes = distanceSlopes(probabilities, pull: pull, factor: factor, pass)
      return parts(slopes, latents.value, codebook, rows, codes, pass)
    }
  }

  private func probabilities(_ latents: Tensor, _ codebook: Parameter, _ pass: Pass) -> Tensor {
    var scores = CodebookDistances.products(latents, codebook, pass)
    let norms = CodebookDistances.norms(codebook.value)
    let (rows, codes) = (latents.shape[0], norms.count)
    let scale = 1 / temperature
    scores.withMutableFloats { scores in
      let target = SendablePointer(scores.baseAddress)
      pass.workers.forRanges(rows, grain: 16) { range in
        guard let target = target.pointer else { return }
        for row in range {
          let start = target + row * codes
          for code in 0..<codes { start[code] = 2 * start[code] - norms[code] }
          lattice_softmax_f32(start, nil, scale, start, 1, Int64(codes))
        }
      }
    }
    return scores
  }

  private func summary(_ probabilities: Tensor, _ pass: Pass) -> ([Double], [Float]) {
    let (rows, codes) = (probabilities.shape[0], probabilities.shape[1])
    var entropies = [Double](repeating: 0, count: rows)
    probabilities.withFloats { values in
      let source = SendableConstant(values.baseAddress)
      entropies.withUnsafeMutableBufferPointer { target in
        let target = SendablePointer(target.baseAddress)
        pass.workers.forRanges(rows, grain: 16) { range in
          guard let from = source.pointer, let to = target.pointer else { return }
          for row in range {
            var sum: Float = 0
            for code in 0..<codes {
              let share = from[row * codes + code]
              if share > 1e-30 { sum -= share * log(share) }
            }
            to[row] = Double(sum)
          }
        }
      }
    }
    let sums = pass.sumOfRows(probabilities)
    return (entropies, sums.floats.map { $0 / Float(rows) })
  }

  /// dL/d(distance) of each latent and vector, times the sign that the softmax has.
  private func distanceSlopes(
    _ probabilities: Tensor, pull: [Float], factor: Float, _ pass: Pass
  ) -> Tensor {
    let (rows, codes) = (probabilities.shape[0], probabilities.shape[1])
    return Tensor(probabilities.shape) { slopes in
      let target = SendablePointer(slopes.baseAddress)
      probabilities.withFloats { values in
        let source = SendableConstant(values.baseAddress)
        pass.workers.forRanges(rows, grain: 16) { range in
          guard let source = source.pointer, let target = target.pointer else { return }
          for row in range {
            let (p, d) = (source + row * codes, target + row * codes)
            var mean: Float = 0
            for code in 0..<codes {
              let slope = pull[code] - 1 - log(max(p[code], 1e-30))
              d[code] = slope
              mean += p[code] * slope
            }
            for code in 0..<codes { d[code] = -factor * p[code] * (d[code] - mean) }
          }
        }
      }
    }
  }

  /// Of latents, 2 (z sum_k D - D C), and of vectors, 2 (c sum_n D - D' Z).
  private func parts(
    _ slopes: Tensor, _ latents: Tensor, _ codebook: Parameter, _ rows: Int, _ codes: Int,
    _ pass: Pass
  ) -> [Tensor?] {
    let width = latents.shape[1]
    let workers = pass.workers
    let vectors = PackedMatrix(codebook.value, precision: .f32, workers: workers)
    let points = PackedMatrix(latents, precision: .f32, workers: workers)
    var ofLatents = Gemm.multiply(slopes, vectors, workers: workers)
    var ofVectors = Gemm.multiply(slopes, isTransposed: true, points, workers: workers)
    let columnSums = pass.sumOfRows(slopes).floats
    let rowSums = slopes.withFloats { values in
      (0..<rows).map { values[($0 * codes)..<(($0 + 1) * codes)].reduce(0, +) }
    }
    func combine(_ product: inout Tensor, _ own: Tensor, _ sums: [Float]) {
      product.withMutableFloats { product in
        own.withFloats { own in
          for index in product.indices {
            product[index] = 2 * (own[index] * sums[index / width] - product[index])
          }
        }
      }
    }
    combine(&ofLatents, latents, rowSums)
    combine(&ofVectors, codebook.value, columnSums)
    return [ofLatents, ofVectors]
  }
}

extension Pass {
  /// The sum over the rows of a matrix, in an order that doesn't depend on threads.
  func sumOfRows(_ matrix: Tensor) -> Tensor {
    Tensor([matrix.shape.columns]) { sums in
      matrix.withFloats {
        lattice_column_sums_f32(
          $0.baseAddress, Int64(matrix.shape.rows), Int64(matrix.shape.columns), sums.baseAddress)
      }
    }
  }
}

package import Kernels
import TensorCore

extension Pass {
  /// y = f(x W + b) + r over the last dimension.
  ///
  /// - Parameters:
  ///   - input: Shape (…, inputs).
  ///   - weight: Shape (inputs, outputs), or any shape of as many elements whose last dimensions make up the outputs.
  ///   - bias: As many values as outputs; nil for none.
  ///   - outputs: Columns of the weight; nil for its last dimension.
  ///   - activation: f; nil for none.
  ///   - residual: r, of the result's shape; nil for none.
  /// - Returns: Shape (…, outputs).
  package func linear(
    _ input: Variable, weight: Parameter, bias: Parameter? = nil, outputs: Int? = nil,
    activation: Activation? = nil, residual: Variable? = nil
  ) -> Variable {
    if let activation, tape != nil {
      // Its gradient needs what goes into the function, so that it can't be done on the way.
      let sums = linear(input, weight: weight, bias: bias, outputs: outputs)
      let active = activate(sums, activation)
      return residual.map { add(active, $0) } ?? active
    }
    let columns = outputs ?? weight.value.shape.columns
    // Without a tape the packed matrix is all that is needed, and the weight may stay in bf16.
    let weightVariable = tape == nil ? nil : variable(weight)
    let biasVariable = bias.map { variable($0) }
    let packed = weight.packed(
      columns: columns, isTransposed: false, precision: precision, workers: workers)
    let value = Gemm.multiply(
      input.value, packed,
      epilogue: Gemm.Epilogue(
        bias: biasVariable?.value, activation: activation, residual: residual?.value),
      workers: workers)
    let others = [weightVariable, biasVariable, residual].compactMap(\.self)
    return result(value, of: [input] + others) { gradient, pass in
      residual?.accumulate(gradient, pass)
      if let biasVariable, biasVariable.needsGradient {
        let sums = pass.columnSums(gradient)
        biasVariable.accumulate(sums.reshaped(biasVariable.shape), pass)
      }
      if input.needsGradient {
        let turned = weight.packed(
          columns: columns, isTransposed: true, precision: pass.precision, workers: pass.workers)
        let part = Gemm.multiply(gradient, turned, workers: pass.workers)
        input.accumulate(part.reshaped(input.shape), pass)
      }
      if let weightVariable, weightVariable.needsGradient {
        let right = PackedMatrix(gradient, precision: pass.precision, workers: pass.workers)
        let part = Gemm.multiply(input.value, isTransposed: true, right, workers: pass.workers)
        weightVariable.accumulate(part.reshaped(weightVariable.shape), pass)
      }
    }
  }

  /// The product of two matrices, both of which may be learned: (M, K) by (K, N), or by (N, K) transposed.
  package func product(
    _ left: Variable, _ right: Variable, isRightTransposed: Bool = false
  ) -> Variable {
    let packed = PackedMatrix(
      right.value, isTransposed: isRightTransposed, precision: precision, workers: workers)
    let value = Gemm.multiply(left.value, packed, workers: workers)
    return result(value, of: [left, right]) { gradient, pass in
      if left.needsGradient {
        let turned = PackedMatrix(
          right.value, isTransposed: !isRightTransposed, precision: pass.precision,
          workers: pass.workers)
        left.accumulate(Gemm.multiply(gradient, turned, workers: pass.workers), pass)
      }
      guard right.needsGradient else { return }
      let factors = isRightTransposed ? (gradient, left.value) : (left.value, gradient)
      let packed = PackedMatrix(factors.1, precision: pass.precision, workers: pass.workers)
      let part = Gemm.multiply(factors.0, isTransposed: true, packed, workers: pass.workers)
      right.accumulate(part, pass)
    }
  }
}

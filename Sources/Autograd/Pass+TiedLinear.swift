import Kernels
import TensorCore

extension Pass {
  /// y = x T' + b with a table that is also an embedding.
  ///
  /// Source: Press and Wolf 2017, "Using the output embedding to improve language models".
  ///
  /// - Parameters:
  ///   - input: (…, width).
  ///   - table: (rows, width).
  ///   - bias: (rows).
  /// - Returns: (…, rows).
  package func tiedLinear(_ input: Variable, table: Parameter, bias: Parameter) -> Variable {
    let (tableVariable, biasVariable) = (variable(table), variable(bias))
    let width = table.value.shape.columns
    let packed = table.packed(
      columns: width, isTransposed: true, precision: precision, workers: workers)
    var value = Gemm.multiply(input.value, packed, workers: workers)
    addToRows(biasVariable.value, of: &value)
    return result(value, of: [input, tableVariable, biasVariable]) { gradient, pass in
      if biasVariable.needsGradient {
        biasVariable.accumulate(
          pass.columnSums(gradient).reshaped(biasVariable.shape), pass)
      }
      if input.needsGradient {
        let plain = table.packed(
          columns: width, isTransposed: false, precision: pass.precision, workers: pass.workers)
        let part = Gemm.multiply(gradient, plain, workers: pass.workers)
        input.accumulate(part.reshaped(input.shape), pass)
      }
      if tableVariable.needsGradient {
        let right = PackedMatrix(input.value, precision: pass.precision, workers: pass.workers)
        let part = Gemm.multiply(gradient, isTransposed: true, right, workers: pass.workers)
        tableVariable.accumulate(part.reshaped(tableVariable.shape), pass)
      }
    }
  }
}

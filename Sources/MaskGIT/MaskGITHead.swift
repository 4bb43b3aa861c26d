import Autograd
import Kernels
import TensorCore

/// From the last layer to logits: a dense layer with GELU and normalisation, then the word embedding, transposed.
///
/// With heads of digits each channel has logits of its own, and a code's logit is the sum of its digits': channels are
/// independent given the rest of the image.
struct MaskGITHead: Sendable {
  let dense: Dense
  let norm: Norm
  let bias: Parameter

  init(_ configuration: MaskGITConfiguration, _ maker: ParameterMaker) {
    let hidden = configuration.hidden
    dense = Dense("MlmLayer_0/mlm_dense", inputs: hidden, outputs: hidden, maker)
    norm = Norm("MlmLayer_0/mlm_ln", configuration, maker)
    bias = maker.zeros("MlmLayer_0/mlm_bias/bias", [configuration.vocabulary])
  }

  var parameters: [Parameter] { dense.parameters + norm.parameters + [bias] }

  /// - Parameters:
  ///   - hidden: (…, hidden).
  ///   - words: The word embedding.
  ///   - pass: How to compute.
  /// - Returns: (…, vocabulary).
  func logits(_ hidden: Variable, _ words: Parameter, _ pass: Pass) -> Variable {
    let state = norm.forward(pass.activate(dense.forward(hidden, pass), .geluTanh), pass)
    return pass.tiedLinear(state, table: words, bias: bias)
  }

  /// Logits of codes from logits over the vocabulary: the codes' own columns, or the sums of digits.
  ///
  /// - Parameters:
  ///   - logits: (rows, vocabulary).
  ///   - configuration: Tells the columns.
  ///   - workers: Who computes.
  /// - Returns: (rows, codes).
  static func codeLogits(
    _ logits: Tensor, _ configuration: MaskGITConfiguration, workers: any Workers
  ) -> Tensor {
    let (rows, from, codes) = (logits.shape.rows, logits.shape.columns, configuration.codebookSize)
    let levels = configuration.head == .digits ? configuration.levels : []
    let source = SendableConstant(logits.withFloats { $0.baseAddress })
    return Tensor([rows, codes]) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: max(1, 65_536 / codes)) { range in
        for row in range {
          guard let logits = source.pointer.map({ $0 + row * from }),
            let result = target.pointer.map({ $0 + row * codes })
          else { return }
          if levels.isEmpty {
            result.update(from: logits, count: codes)
          } else {
            sum(logits, levels, result)
          }
        }
      }
      withExtendedLifetime(logits) {}
    }
  }

  /// One channel after the other: the sums of the channels before it, once for each of its levels.
  private static func sum(
    _ digits: UnsafePointer<Float>, _ levels: [Int], _ result: UnsafeMutablePointer<Float>
  ) {
    var (count, offset) = (1, 0)
    result[0] = 0
    for level in levels {
      for digit in (0..<level).reversed() {
        for index in 0..<count {
          result[digit * count + index] = result[index] + digits[offset + digit]
        }
      }
      count *= level
      offset += level
    }
  }
}

import Autograd
import Kernels
import TensorCore

/// From the last layer to logits: a dense layer with GELU and normalisation, then the word embedding, transposed.
///
/// With heads of digits each channel has logits of its own, and a code's logit is the sum of its digits': channels are
/// independent given the rest of the image, so that a code is drawn digit by digit.
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

  /// Logits of codes, or of each digit of them, from logits over the vocabulary: their columns come first.
  ///
  /// Codes of a head of digits are never multiplied out: there may be 64,000 of them to a place.
  ///
  /// - Parameters:
  ///   - logits: (rows, vocabulary).
  ///   - configuration: Tells the columns.
  ///   - workers: Who computes.
  /// - Returns: (rows, sum of ``MaskGITConfiguration/digits``).
  static func codeLogits(
    _ logits: Tensor, _ configuration: MaskGITConfiguration, workers: any Workers
  ) -> Tensor {
    let (rows, from, columns) = (
      logits.shape.rows, logits.shape.columns, configuration.codeRows
    )
    let source = SendableConstant(logits.withFloats { $0.baseAddress })
    return Tensor([rows, columns]) { target in
      let target = SendablePointer(target.baseAddress)
      workers.forRanges(rows, grain: max(1, 65_536 / columns)) { range in
        for row in range {
          guard let logits = source.pointer.map({ $0 + row * from }),
            let result = target.pointer.map({ $0 + row * columns })
          else { return }
          result.update(from: logits, count: columns)
        }
      }
      withExtendedLifetime(logits) {}
    }
  }
}

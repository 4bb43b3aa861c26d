package import FSQ

/// Why a tokenizer can't be made or run.
package enum TokenizerError: Error, Hashable, CustomStringConvertible {
  case configuration(String)
  case token(value: Int, codebookSize: Int)
  case channels(found: Int)
  case noTokens
  /// An encoder's output is no finite number, of which quantizing would make a token all the same.
  case notFinite(NonFiniteValues)

  package var description: String {
    switch self {
    case .configuration(let fault): "this tokenizer can't be built: \(fault)"
    case .token(let value, let size):
      "token \(value) is not of the codebook, whose \(size) tokens are 0...\(size - 1); was it made by another tokenizer?"
    case .channels(let found):
      "the tokenizer works on pictures of 3 channels (RGB), these have \(found)"
    case .notFinite(let values):
      "the encoder gave no numbers: of its output, \(values). The picture or the model's weights are damaged"
    case .noTokens: "this model is a plain autoencoder: it has no quantizer, and so no tokens"
    }
  }
}

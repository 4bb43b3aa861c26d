import FSQ

/// Why a tokenizer can't be made or run.
package enum TokenizerError: Error, Hashable, CustomStringConvertible {
  case configuration(String)
  case token(value: Int, codebookSize: Int)
  case channels(found: Int)
  case noTokens

  package var description: String {
    switch self {
    case .configuration(let fault): "this tokenizer can't be built: \(fault)"
    case .token(let value, let size):
      "token \(value) is not of the codebook, whose \(size) tokens are 0...\(size - 1); was it made by another tokenizer?"
    case .channels(let found):
      "the tokenizer works on pictures of 3 channels (RGB), these have \(found)"
    case .noTokens: "this model is a plain autoencoder: it has no quantizer, and so no tokens"
    }
  }
}

package import Autograd
import FSQ
package import TensorCore

/// A convolutional autoencoder with a quantizer: pictures to tokens and back.
package final class Tokenizer {
  /// Its shape.
  package let configuration: TokenizerConfiguration
  /// All its parameters, as flax names them; convolutions are stored (out, in, height, width).
  package let parameters: [Parameter]
  /// Between encoder and decoder.
  package let bottleneck: TokenizerBottleneck
  private let encoder: TokenizerEncoder
  private let decoder: TokenizerDecoder

  /// Builds one.
  ///
  /// - Parameters:
  ///   - configuration: Its shape.
  ///   - start: How the parameters start.
  /// - Throws: ``TokenizerError/configuration(_:)``.
  package init(
    _ configuration: TokenizerConfiguration, start: ParameterStart
  ) throws(TokenizerError) {
    let builder = ParameterBuilder(start)
    self.configuration = configuration
    encoder = TokenizerEncoder(configuration, builder)
    decoder = TokenizerDecoder(configuration, builder)
    switch configuration.bottleneck {
    case .fsq(let levels, let variant):
      guard let variant = FiniteScalarQuantizer.Variant(rawValue: variant) else {
        let known = FiniteScalarQuantizer.Variant.allCases.map(\.rawValue)
        throw .configuration(
          "'variant' is '\(variant)'; it is one of \(known.joined(separator: ", "))")
      }
      do throws(FSQLevelsError) {
        bottleneck = .scalar(
          ScalarBottleneck(try FiniteScalarQuantizer(levels: levels, variant: variant)))
      } catch { throw .configuration(error.description) }
    case .vq(let codes, let width):
      bottleneck = .vector(VectorQuantizer(codes: codes, width: width, builder))
    case .none: bottleneck = .none
    }
    parameters = builder.parameters
  }

  /// Pictures to latents, before they are quantized.
  ///
  /// - Parameters:
  ///   - images: (N, H, W, 3) of 0...1, sides multiples of the stride.
  ///   - pass: Who computes.
  /// - Returns: (N, H / stride, W / stride, width).
  /// - Throws: What a convolution throws when memory runs out.
  package func latents(_ images: Variable, _ pass: Pass) throws -> Variable {
    try encoder(images, pass)
  }

  /// Codes to pictures, not cut off to 0...1.
  ///
  /// - Parameters:
  ///   - codes: (N, h, w, width).
  ///   - pass: Who computes.
  /// - Returns: (N, h x stride, w x stride, 3).
  /// - Throws: What a convolution throws when memory runs out.
  package func pictures(_ codes: Variable, _ pass: Pass) throws -> Variable {
    try decoder(codes, pass)
  }

  /// Latents to tokens.
  ///
  /// - Returns: i32, (…) of latents (…, width).
  /// - Throws: ``TokenizerError/noTokens``, ``TokenizerError/notFinite(_:)``.
  package func tokens(_ latents: Tensor, _ pass: Pass) throws(TokenizerError) -> Tensor {
    if let fault = latents.withFloats({ NonFiniteValues(in: $0) }) { throw .notFinite(fault) }
    return switch bottleneck {
    case .scalar(let bottleneck): bottleneck(Variable(latents), pass).indices
    case .vector(let quantizer): quantizer.nearest(latents, pass)
    case .none: throw .noTokens
    }
  }

  /// Tokens to the codes that they stand for.
  ///
  /// - Parameter tokens: i32, (…).
  /// - Returns: (…, width).
  /// - Throws: ``TokenizerError``.
  package func codes(of tokens: Tensor) throws(TokenizerError) -> Tensor {
    switch bottleneck {
    case .scalar(let bottleneck): try bottleneck.codes(of: tokens)
    case .vector(let quantizer): try quantizer.codes(of: tokens)
    case .none: throw .noTokens
    }
  }
}

/// What stands between encoder and decoder.
package enum TokenizerBottleneck {
  case scalar(ScalarBottleneck)
  case vector(VectorQuantizer)
  case none
}

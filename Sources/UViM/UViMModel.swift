package import Autograd
import Kernels
import TensorCore

/// The networks of a model, with what turns bottlenecks into codes.
package final class UViMModel {
  package let configuration: UViMConfiguration
  /// The base model; nil when there is none.
  package let stageOne: StageOne?
  /// The language model; nil when there is none.
  package let stageTwo: StageTwo?
  /// The moving averages of vector quantization, `state/dictionary` and `state/counts`; empty without it.
  package let codebook: [Parameter]

  /// Makes the networks.
  ///
  /// - Parameters:
  ///   - configuration: Checked.
  ///   - start: How parameters start.
  package init(_ configuration: UViMConfiguration, start: ParameterStart) {
    self.configuration = configuration
    stageOne = configuration.stageOne.map { StageOne($0, start: start) }
    stageTwo = configuration.stageTwo.map { StageTwo($0, start: start) }
    codebook = configuration.stageOne.map { Codebook.parameters($0, start) } ?? []
  }

  /// All of it under names that tell the parts, `stage1/…` and `stage2/…`, as it is saved.
  package var savedParameters: [Parameter] {
    func named(_ prefix: String, _ parameters: [Parameter]) -> [Parameter] {
      parameters.map { Parameter("\(prefix)/\($0.name)", $0.value) }
    }
    return named("stage1", (stageOne?.parameters ?? []) + codebook)
      + named("stage2", stageTwo?.parameters ?? [])
  }

  /// What turns bottlenecks into codes, with the codebook as it is now; nil without a base model.
  ///
  /// - Throws: What FSQ says of its levels.
  package func quantizer() throws -> (any CodeQuantizer)? {
    guard let configuration = configuration.stageOne else { return nil }
    return try Codebook.quantizer(configuration, codebook)
  }
}

/// What vector quantization remembers besides the network's parameters.
enum Codebook {
  /// `state/dictionary` and `state/counts`; none for finite scalar quantization.
  static func parameters(
    _ configuration: StageOneConfiguration, _ start: ParameterStart
  ) -> [Parameter] {
    guard configuration.quantizer == .vector else { return [] }
    let (size, width) = (configuration.dictionarySize, configuration.codewordWidth)
    let builder = ParameterBuilder(start)
    return [
      builder.normal("state/dictionary", [size, width], deviation: 1),
      builder.constant("state/counts", [size], 1),
    ]
  }

  static func quantizer(
    _ configuration: StageOneConfiguration, _ codebook: [Parameter]
  ) throws -> any CodeQuantizer {
    switch configuration.quantizer {
    case .vector:
      return VectorCodes(dictionary: codebook[0].value, counts: codebook[1].value)
    case .finiteScalar(let levels, let isStandardized, let variant):
      return try FiniteScalarCodes(
        levels: levels, isStandardized: isStandardized, variant: variant)
    }
  }
}

import Autograd
import Convolutions
import Kernels
import ModelFiles
import StageSDK
import TensorCore
import Tokenizers

/// A tokenizer from a model's folder, ready to run.
final class LoadedTokenizer {
  let tokenizer: Tokenizer
  let workers: any Workers

  /// Opens the model that a stage's slot names.
  ///
  /// - Throws: ``StageError`` that says what is wrong with it.
  init(_ context: StageContext, kind: String) throws {
    guard let path = context.modelPath("model") else {
      throw StageError(.config, "no model is named; give 'model: NAME@VERSION'")
    }
    let directory = ModelDirectory(path)
    do {
      let configuration = try directory.configuration(TokenizerConfiguration.self, kinds: [kind])
      tokenizer = try Tokenizer(configuration, start: .unset)
      try ModelLoader.load(
        ParameterSet(tokenizer.parameters), from: try directory.checkpoint())
    } catch {
      throw StageError(.config, "can't open the model '\(path)': \(error)")
    }
    workers = OpenMPTeam(threadCount: context.threadBudget)
  }

  /// The side of a tile.
  ///
  /// Group normalisation goes over a whole tile, so that tiles much larger than what the network learned from look strange
  /// to it: at 64 pixels learned from, photos of 768x512 gain 1.1 dB in tiles of 128 over tiles of 512.
  ///
  /// - Parameters:
  ///   - pixels: What is wanted; 0 for twice the side of the pictures that were learned from.
  ///   - margin: What is thrown away on each side, in units of the stride.
  /// - Returns: In units of the stride, margins included.
  func tile(_ pixels: Int, margin: Int) -> Int {
    let configuration = tokenizer.configuration
    return max(
      2 * margin + 1, (pixels > 0 ? pixels : 2 * configuration.imageSize) / configuration.stride)
  }

  /// Without a tape: nothing is remembered.
  var pass: Pass { Pass(workers: workers) }
}

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

  /// Without a tape: nothing is remembered.
  var pass: Pass { Pass(workers: workers) }
}

import Autograd
import PictureSets
import StageSDK
import TensorCore
import Tokenizers
import Training

/// The pictures that a run learns from, and those that it is measured on.
struct TrainingData {
  let pictures: PictureSet
  let validation: Validation
  /// Pixels across and down of the squares that are cut out.
  private let size: Int

  /// Reads what the job's items and the parameters name.
  init(_ context: StageContext, _ parameters: TrainParameters) throws {
    size = parameters.size
    pictures = try TrainingPictures.read(
      context, size: parameters.size, damage: parameters.damage)
    guard pictures.count >= parameters.batch else {
      throw StageError(
        .config,
        "there are \(pictures.count) pictures, fewer than 'batch' \(parameters.batch); give more, or lower it",
        parameter: "batch")
    }
    guard let path = parameters.validation else {
      validation = Validation(pictures, count: 256, size: parameters.size)
      return
    }
    do {
      let read = try PackedPictures.read(path)
      try TrainingPictures.check(read, size: parameters.size, path: path)
      for picture in read.damaged {
        context.log(
          .warning, "\(picture.name) is kept as far as it can be shown: \(picture.reason)")
      }
      validation = Validation(read, count: 2048, size: parameters.size)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(.config, "\(error)", parameter: "validation")
    }
  }

  /// The share of the codebook that comes up in the middles of all pictures that were learned from, 0...1.
  func usage(of tokenizer: Tokenizer, _ workers: any Workers) throws -> Double {
    let pass = Pass(workers: workers)
    var usage = CodebookUsage(codebookSize: tokenizer.configuration.codebookSize ?? 1)
    for images in pictures.middles(first: pictures.count, side: size) {
      usage.add(try tokenizer.tokens(try tokenizer.latents(Variable(images), pass).value, pass))
    }
    return usage.usage
  }
}

import PictureSets
import StageSDK

/// The pictures that a run learns from, and those that it is measured on.
struct TrainingData {
  let pictures: PictureSet
  let validation: Validation

  /// Reads what the job's items and the parameters name.
  init(_ context: StageContext, _ parameters: TrainParameters) throws {
    pictures = try TrainingPictures.read(context, size: parameters.size)
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
      validation = Validation(read, count: 2048, size: parameters.size)
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(.config, "\(error)", parameter: "validation")
    }
  }
}

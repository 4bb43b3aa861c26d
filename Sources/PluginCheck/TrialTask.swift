import DurableFiles
import JobModel
import StageHost

/// What a task is given in a trial: folders of its own and a handful of items.
final class TrialTask: TaskServices {
  let stateDirectory: String
  let modelDirectory: String?
  let checkpoints = CheckpointPolicy()
  let seed: UInt64
  private let items: [Item]

  /// - Parameters:
  ///   - folder: Where its folders are made.
  ///   - items: What the job is over.
  ///   - seed: Of the task.
  ///   - publishes: True when it asks for the folder of a model.
  /// - Throws: ``FileError`` when a folder can't be made.
  init(folder: String, items: SampleItems, seed: UInt64, publishes: Bool) throws(FileError) {
    self.seed = seed
    self.items = (0..<8).map { number in
      let path = items.path(number)
      let name = path.map { AtomicFile.lastComponent(of: $0) }
      return Item(
        number: number, id: name.map { "\(number)-\($0)" } ?? "\(number)", path: path, size: nil,
        mtimeNanoseconds: nil)
    }
    stateDirectory = "\(folder)/state"
    modelDirectory = publishes ? "\(folder)/model" : nil
    for path in [stateDirectory, modelDirectory].compactMap(\.self) {
      try Files.makeDirectory(path)
    }
  }

  var itemCount: Int { items.count }

  func report(step: Int, metrics: [String: JSONValue]) throws(StageFailure) {}

  func forEachItem(_ body: (Item) -> Bool) throws(StageFailure) {
    for item in items where !body(item) { return }
  }
}

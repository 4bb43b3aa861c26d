/// A step of a pipeline.
///
/// The host makes an instance for each use of the stage, calls ``open()`` once, ``process(_:)`` for every batch,
/// ``finish()`` after the last, and ``close()``. Calls never overlap unless the descriptor says `isParallel`.
public protocol Stage: AnyObject, SendableMetatype {
  /// Values of the parameters; every one is there, defaults filled in.
  associatedtype Parameters: Decodable

  /// What the stage is called, takes and gives.
  static var descriptor: StageDescriptor { get }

  /// Makes an instance; cheap, weights are loaded by ``open()``.
  ///
  /// - Throws: ``StageError`` with code `config` when the parameters can't be met.
  init(parameters: Parameters, context: StageContext) throws

  /// Tells the outputs' types and sizes before anything runs; under 50 ms, and opens no file but those that parameters
  /// name by absolute paths.
  ///
  /// - Parameters:
  ///   - inputs: By port; -1 stands for a size that is unknown or differs from item to item, and for the batch.
  ///   - parameters: Of this use.
  /// - Returns: By port; nil when sizes follow from the ports' dimension names.
  /// - Throws: ``StageError``; its `parameter` says which one is at fault.
  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]?

  /// Loads what processing needs.
  func open() throws

  /// Works on one batch. Source, map and sink stages.
  func process(_ batch: Batch) throws

  /// No more batches follow: flush, or the reduce step after ``loadState(from:)``.
  func finish() throws

  /// Does the whole work of a task stage.
  func run() throws

  /// Writes what a later ``loadState(from:)`` needs into an empty folder.
  func saveState(to directory: String) throws

  /// Takes in what ``saveState(to:)`` wrote; called several times, it adds up.
  func loadState(from directory: String) throws

  /// Lets go of what ``open()`` took; also called after an error.
  func close()
}

extension Stage {
  /// Sizes follow from the ports' dimension names.
  public static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? { nil }

  /// Does nothing.
  public func open() throws {}

  /// Refuses: the stage processes no batches.
  public func process(_ batch: Batch) throws {
    throw StageError(.internal, "\(Self.descriptor.id) does not process batches")
  }

  /// Does nothing.
  public func finish() throws {}

  /// Refuses: the stage is no task.
  public func run() throws {
    throw StageError(.internal, "\(Self.descriptor.id) is no task")
  }

  /// Does nothing.
  public func saveState(to directory: String) throws {}

  /// Does nothing.
  public func loadState(from directory: String) throws {}

  /// Does nothing.
  public func close() {}
}

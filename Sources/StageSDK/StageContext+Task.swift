import CStageABI
import FoundationEssentials

/// An item of a job, as a task sees it.
public struct TaskItem: Sendable, Hashable {
  /// Its path below the input folder, or its number as text.
  public let id: String
  /// The absolute path of its file; nil for an item without one.
  public let path: String?
  /// Its place in the job, from 0.
  public let number: Int
}

/// What a task can ask of its host; a stage of another kind gets nothing here.
///
/// A task that dies or is asked to stop is made anew and runs from the start: it goes on from what it left in
/// ``stateDirectory``.
extension StageContext {
  // Never copied as a whole: an older host has a shorter table.
  private var task: UnsafePointer<lattice_task>? {
    LATTICE_TASK_EXTENSION.withCString { host.pointee.get_extension(host, $0) }?
      .assumingMemoryBound(to: lattice_task.self)
  }

  /// A folder that lives as long as the job: what one attempt leaves there, the next one finds.
  ///
  /// Write a file under another name, sync it and rename it, as the process may die at any moment. A stage that is
  /// no task has its ``temporaryDirectory`` here.
  public var stateDirectory: String {
    task?.pointee.state_dir(handle).map { String(cString: $0) } ?? temporaryDirectory
  }

  /// A folder, empty when the attempt begins, for `config.json`, `model.safetensors` and what else belongs to a model.
  ///
  /// Once the task has ended well it is published under the spec's `output: { model: … }`, with a MANIFEST, exactly
  /// once and never to be changed. Nil when the spec names no model, which a stage whose descriptor says
  /// `publishesModel` does not meet.
  public var modelDirectory: String? { task?.pointee.model_dir(handle).map { String(cString: $0) } }

  /// Steps between two checkpoints, from the spec's `checkpoint: { every: 500 steps }`; nil leaves it to the stage.
  public var checkpointInterval: Int? {
    let steps = task.map { Int(clamping: $0.pointee.checkpoint_every(handle)) } ?? 0
    return steps > 0 ? steps : nil
  }

  /// How many of the newest checkpoints to keep, from `checkpoint: { keep: 3 }`; nil leaves it to the stage.
  public var checkpointsToKeep: Int? {
    let count = task.map { Int(clamping: $0.pointee.checkpoint_keep(handle)) } ?? 0
    return count > 0 ? count : nil
  }

  /// 64 random bits for this stage of the job; the same on every attempt and machine.
  public var seed: UInt64 { task?.pointee.seed(handle) ?? 0 }

  /// The items of the job, in order.
  public var items: [TaskItem] {
    get throws {
      guard let task else { return [] }
      let list = ItemList()
      list.items.reserveCapacity(Int(clamping: task.pointee.item_count(handle)))
      let status = withExtendedLifetime(list) {
        task.pointee.for_each_item(
          handle,
          { argument, number, id, path in
            guard let argument else { return LATTICE_INTERNAL }
            Unmanaged<ItemList>.fromOpaque(argument).takeUnretainedValue().items.append(
              TaskItem(
                id: id.map { String(cString: $0) } ?? "", path: path.map { String(cString: $0) },
                number: Int(clamping: number)))
            return LATTICE_OK
          }, Unmanaged.passUnretained(list).toOpaque())
      }
      guard status == LATTICE_OK else { throw HostRefusal(status: status) }
      return list.items
    }
  }

  /// Notes what was measured at a step, for the job's metrics and the plots of its report.
  ///
  /// Also a sign of life. When a step is reported again, by an attempt that goes on from before it, the later
  /// report counts.
  ///
  /// - Throws: When the line can't be written: the disk is full.
  public func report(step: Int, metrics: [String: Double]) throws {
    guard let task else { return }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = String(decoding: try encoder.encode(metrics), as: UTF8.self)
    let status = text.withCString { task.pointee.report(handle, UInt64(max(0, step)), $0) }
    guard status == LATTICE_OK else { throw HostRefusal(status: status) }
  }
}

/// Carries items out of a C callback.
private final class ItemList {
  var items: [TaskItem] = []
}

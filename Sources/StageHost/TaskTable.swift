import CStageABI
import FileNames
import FoundationEssentials
import JobModel

/// The extension `lattice.task/1`; immortal and the same for all stages.
enum TaskTable {
  // Filled once before anybody reads it, and never changed.
  nonisolated(unsafe) static let shared: UnsafePointer<lattice_task> = {
    let table = UnsafeMutablePointer<lattice_task>.allocate(capacity: 1)
    table.initialize(to: make())
    return UnsafePointer(table)
  }()

  private static func make() -> lattice_task {
    var task = lattice_task()
    task.struct_size = UInt32(MemoryLayout<lattice_task>.size)
    task.state_dir = { context in
      guard let context = HostContext.from(context), let task = context.services.task else {
        return nil
      }
      return context.lasting(task.stateDirectory)
    }
    task.model_dir = { context in
      guard let context = HostContext.from(context),
        let folder = context.services.task?.modelDirectory
      else { return nil }
      return context.lasting(folder)
    }
    task.checkpoint_every = { UInt64(TaskTable.services($0)?.checkpoints.everySteps ?? 0) }
    task.checkpoint_keep = { UInt64(TaskTable.services($0)?.checkpoints.keep ?? 0) }
    task.seed = { TaskTable.services($0)?.seed ?? 0 }
    task.item_count = { UInt64(TaskTable.services($0)?.itemCount ?? 0) }
    task.report = { context, step, json in
      TaskTable.guarded(context) { task throws(StageFailure) in
        try task.report(step: Int(clamping: step), metrics: try TaskTable.metrics(text(json) ?? ""))
      }
    }
    task.for_each_item = { context, body, argument in
      guard let body else { return LATTICE_INTERNAL }
      var answer = LATTICE_OK
      let status = TaskTable.guarded(context) { task throws(StageFailure) in
        try task.forEachItem { item in
          let path = item.path
          answer = (item.id.text ?? item.id.shown).withCString { id in
            guard let path else { return body(argument, UInt64(item.number), id, nil) }
            return path.withCString { body(argument, UInt64(item.number), id, $0) }
          }
          return answer == LATTICE_OK
        }
      }
      return status == LATTICE_OK ? answer : status
    }
    return task
  }

  private static func services(_ context: OpaquePointer?) -> (any TaskServices)? {
    HostContext.from(context)?.services.task
  }

  /// Runs `body`; a failure is said for the running call, as with `set_error`.
  private static func guarded(
    _ context: OpaquePointer?, _ body: (any TaskServices) throws(StageFailure) -> Void
  ) -> lattice_status {
    guard let context = HostContext.from(context) else { return LATTICE_INTERNAL }
    do throws(StageFailure) {
      guard let task = context.services.task else {
        throw StageFailure(
          .internal, "stage '\(context.stageName)' asks for what only a task can have")
      }
      try body(task)
      return LATTICE_OK
    } catch {
      context.set(error)
      return error.code.rawValue
    }
  }

  /// A JSON object of numbers, taken apart.
  private static func metrics(_ text: String) throws(StageFailure) -> [String: JSONValue] {
    let words: Set<String> = ["nan", "inf", "-inf"]
    guard let members = (try? JSONValue(parsing: Data(text.utf8)))?.objectValue else {
      throw StageFailure(.internal, "reported metrics must be a JSON object, not '\(text)'")
    }
    for (name, value) in members.sorted(by: { $0.key < $1.key })
    where value.doubleValue == nil && !(value.stringValue.map(words.contains) ?? false) {
      throw StageFailure(
        .internal,
        "the reported metric '\(name)' must be a number or one of \"nan\", \"inf\" and \"-inf\"")
    }
    return members
  }
}

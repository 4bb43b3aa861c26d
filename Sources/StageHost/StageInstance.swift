package import CStageABI
package import JobModel
import Synchronization

/// One use of a stage: created, opened, fed, closed, in this order.
///
/// Calls must not overlap, but for `process` of a stage that declares itself parallel.
// The instance pointer is the plugin's; only its own functions touch what it points to.
package final class StageInstance: @unchecked Sendable {
  package let planned: PlannedStage
  private let stage: UnsafePointer<lattice_stage>
  private let context: HostContext
  private var this: UnsafeMutableRawPointer?
  private var isOpen = false

  /// Makes an instance.
  ///
  /// - Parameters:
  ///   - planned: The use of the stage.
  ///   - library: Its plugin.
  ///   - services: What the stage can ask for.
  ///   - host: The table it asks through; nil for this host's own.
  /// - Throws: ``StageFailure`` with the stage's own sentence.
  package init(
    _ planned: PlannedStage, of library: StageLibrary, services: any StageServices,
    host: UnsafePointer<lattice_host>? = nil
  ) throws(StageFailure) {
    self.planned = planned
    do throws(StageLibraryError) {
      stage = try library.stage(planned.description.id)
    } catch {
      throw StageFailure(.config, "\(error)")
    }
    context = HostContext(services: services, stageName: planned.name)
    guard let parameters = try? planned.parameters.canonicalText, let create = stage.pointee.create
    else { throw StageFailure(.internal, "the parameters of '\(planned.name)' are no JSON") }
    let scratch = Scratch()
    var made: UnsafeMutableRawPointer?
    try call("create") {
      withExtendedLifetime(scratch) {
        scratch.withConfig(
          planned.description.id, planned.name, parameters, context, host ?? HostTable.shared
        ) {
          create($0, &made)
        }
      }
    }
    this = made
  }

  deinit {
    defer { context.retire() }
    close()
    guard let this else { return }
    _ = Ambient.shared.around { stage.pointee.destroy?(this) }
  }

  package func open() throws(StageFailure) {
    isOpen = true
    if let open = stage.pointee.open { try call("open") { open(this) } }
  }

  /// Feeds a batch; what comes out is in the batch afterwards.
  package func process(_ batch: HostBatch) throws(StageFailure) {
    guard let process = stage.pointee.process else {
      throw StageFailure(.internal, "stage '\(planned.name)' processes no batches")
    }
    batch.context.withLock { $0 = context }
    defer { batch.context.withLock { $0 = nil } }
    try call("process", batch) { batch.withHandle { process(this, $0) } }
  }

  package func finish() throws(StageFailure) {
    if let body = stage.pointee.finish { try call("finish") { body(this) } }
  }

  package func run() throws(StageFailure) {
    guard let body = stage.pointee.run else {
      throw StageFailure(.internal, "stage '\(planned.name)' is no task")
    }
    try call("run") { body(this) }
  }

  package func saveState(to directory: String) throws(StageFailure) {
    guard let body = stage.pointee.save_state else { return }
    try call("save_state") { directory.withCString { body(this, $0) } }
  }

  package func loadState(from directory: String) throws(StageFailure) {
    guard let body = stage.pointee.load_state else { return }
    try call("load_state") { directory.withCString { body(this, $0) } }
  }

  package func close() {
    guard isOpen else { return }
    isOpen = false
    _ = Ambient.shared.around { stage.pointee.close?(this) }
  }

  /// Makes a call, and looks at what it did to all that stages share.
  ///
  /// - Throws: ``StageFailure``: of damage, whatever the stage says of itself; else what it says.
  private func call(
    _ name: String, _ batch: HostBatch? = nil, _ body: () -> lattice_status
  ) throws(StageFailure) {
    let (status, verdict) = withExtendedLifetime((context, batch)) {
      Ambient.shared.around(body)
    }
    let said = context.failure(of: status)
    let own = verdict.changes.intersection(.ofThread)
    let shared = verdict.changes.subtracting(.ofThread)
    if !own.isEmpty { context.services.changed(own, in: name, isCertain: true) }
    if !shared.isEmpty {
      context.services.changed(shared, in: name, isCertain: verdict.isCertain)
    }
    if verdict.changes.contains(.descriptors) {
      throw verdict.isCertain
        ? StageFailure(
          .damage, "its '\(name)' closed or replaced a descriptor of 0 to 2, which are the host's")
        : StageFailure(
          .sharedDamage,
          "one of the stages at work closed or replaced a descriptor of 0 to 2, which are the host's"
        )
    }
    if let damage = batch?.damage ?? context.takeDamage() {
      throw StageFailure(.damage, "its '\(name)' \(damage)")
    }
    batch?.seal()
    if let said { throw said }
  }
}

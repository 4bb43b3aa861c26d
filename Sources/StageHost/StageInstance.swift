package import CStageABI
package import JobModel

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
    let status = withExtendedLifetime((context, scratch)) {
      scratch.withConfig(
        planned.description.id, planned.name, parameters, context, host ?? HostTable.shared
      ) {
        create($0, &made)
      }
    }
    try finish(status)
    this = made
  }

  deinit {
    close()
    if let this { stage.pointee.destroy?(this) }
  }

  package func open() throws(StageFailure) {
    isOpen = true
    if let open = stage.pointee.open { try finish(open(this)) }
  }

  /// Feeds a batch; what comes out is in the batch afterwards.
  package func process(_ batch: HostBatch) throws(StageFailure) {
    guard let process = stage.pointee.process else {
      throw StageFailure(.internal, "stage '\(planned.name)' processes no batches")
    }
    let status = withExtendedLifetime(batch) { process(this, batch.handle) }
    let said = context.failure(of: status)
    let refused = batch.takeRefusal()
    if let said { throw refused ?? said }
  }

  package func finish() throws(StageFailure) {
    if let call = stage.pointee.finish { try finish(call(this)) }
  }

  package func run() throws(StageFailure) {
    guard let call = stage.pointee.run else {
      throw StageFailure(.internal, "stage '\(planned.name)' is no task")
    }
    try finish(call(this))
  }

  package func saveState(to directory: String) throws(StageFailure) {
    if let call = stage.pointee.save_state { try finish(directory.withCString { call(this, $0) }) }
  }

  package func loadState(from directory: String) throws(StageFailure) {
    if let call = stage.pointee.load_state { try finish(directory.withCString { call(this, $0) }) }
  }

  package func close() {
    guard isOpen else { return }
    isOpen = false
    stage.pointee.close?(this)
  }

  private func finish(_ status: lattice_status) throws(StageFailure) {
    if let failure = context.failure(of: status) { throw failure }
  }
}

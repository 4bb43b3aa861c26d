import CStageABI
package import FileNames
import Glibc
package import JobModel

/// Asks stages for their outputs' sizes and for faults in parameters; nothing runs.
package enum StageCheck {
  /// What one `check` call found; what `lattice_check_result` points to.
  final class Findings {
    var outputs: [String: TensorSpec] = [:]
    var faults: [StageCheckResponse.Fault] = []
    /// What it said of outputs that can't be understood.
    var misstatements: [String] = []

    static func from(_ handle: OpaquePointer?) -> Findings? {
      handle.map { Unmanaged<Findings>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }
  }

  /// Checks stages in order, each with the outputs of those before it.
  ///
  /// - Parameters:
  ///   - request: The stages; one without a check gives what follows from its ports' dimension names.
  ///   - libraries: By path, those that are loaded already.
  ///   - announce: Told the name of each stage before it is loaded and asked.
  /// - Returns: What each stage found.
  package static func run(
    _ request: StageCheckRequest, with libraries: [FileName: StageLibrary] = [:],
    announce: (String) -> Void = { _ in }
  ) -> StageCheckResponse {
    var known: [StageCheckRequest.PortReference: TensorSpec] = [:]
    var libraries = libraries
    let entries = request.stages.map { entry -> StageCheckResponse.Entry in
      let answer: StageCheckResponse.Entry
      announce(entry.name)
      do throws(StageLibraryError) {
        let library: StageLibrary
        if let loaded = libraries[FileName(entry.pluginPath)] {
          library = loaded
        } else {
          library = try StageLibrary.load(entry.pluginPath)
          libraries[FileName(entry.pluginPath)] = library
        }
        answer = try check(entry, of: library, inputs: entry.inputs.compactMapValues { known[$0] })
      } catch {
        answer = fault(entry, "\(error)")
      }
      for (port, spec) in answer.outputs {
        known[StageCheckRequest.PortReference(stage: entry.name, port: port)] = spec
      }
      return answer
    }
    return StageCheckResponse(stages: entries)
  }

  /// Checks one use of a stage.
  ///
  /// - Parameters:
  ///   - entry: The use; where its inputs come from does not matter.
  ///   - library: The plugin of the stage.
  ///   - inputs: By port; those that are known.
  ///   - changed: Told what the stage's check changed that all stages share.
  /// - Returns: What the stage found; without a check of its own, what follows from dimension names.
  /// - Throws: ``StageLibraryError`` when the plugin has no such stage.
  package static func check(
    _ entry: StageCheckRequest.Entry, of library: StageLibrary, inputs: [String: TensorSpec],
    changed: (AmbientChanges) -> Void = { _ in }
  ) throws(StageLibraryError) -> StageCheckResponse.Entry {
    let stage = try library.stage(entry.stageID)
    guard let description = try library.describe().stages.first(where: { $0.id == entry.stageID })
    else { return fault(entry, "stage '\(entry.stageID)' can't be found again") }
    guard stage.pointee.check == nil else {
      return check(stage, entry, description, inputs: inputs, changed)
    }
    return StageCheckResponse.Entry(
      name: entry.name, outputs: description.outputsByName(inputs), faults: [])
  }

  private static func fault(
    _ entry: StageCheckRequest.Entry, _ message: String
  ) -> StageCheckResponse.Entry {
    StageCheckResponse.Entry(
      name: entry.name, outputs: [:],
      faults: [StageCheckResponse.Fault(parameter: nil, message: message)])
  }

  private static func check(
    _ stage: UnsafePointer<lattice_stage>, _ entry: StageCheckRequest.Entry,
    _ description: StageDescription, inputs: [String: TensorSpec],
    _ changed: (AmbientChanges) -> Void
  ) -> StageCheckResponse.Entry {
    guard let check = stage.pointee.check, let parameters = try? entry.parameters.canonicalText
    else {
      return StageCheckResponse.Entry(name: entry.name, outputs: [:], faults: [])
    }
    let context = HostContext(services: NoServices(), stageName: entry.name)
    defer { context.retire() }
    let findings = Findings()
    let scratch = Scratch()
    let specs = inputs.sorted { $0.key < $1.key }.map { scratch.spec(port: $0.key, $0.value) }
    let handle = OpaquePointer(Unmanaged.passUnretained(findings).toOpaque())
    let (status, verdict) = withExtendedLifetime((context, findings, scratch)) {
      Ambient.shared.around {
        scratch.withConfig(entry.stageID, entry.name, parameters, context) { config in
          specs.withUnsafeBufferPointer { check(config, $0.baseAddress, UInt32($0.count), handle) }
        }
      }
    }
    if !verdict.changes.isEmpty { changed(verdict.changes) }
    if let failure = context.failure(of: status), findings.faults.isEmpty {
      return fault(entry, failure.message)
    }
    if verdict.changes.contains(.descriptors) {
      return fault(entry, "its check closed or replaced a descriptor of 0 to 2")
    }
    if findings.faults.isEmpty {
      let broken =
        findings.misstatements
        + PromisedOutput.faults(
          findings.outputs, of: description, knowsInputs: entry.inputs.count <= inputs.count)
      if !broken.isEmpty {
        return StageCheckResponse.Entry(
          name: entry.name, outputs: [:],
          faults: broken.map {
            StageCheckResponse.Fault(
              parameter: nil, message: "\($0); the stage has to be mended", isBrokenCheck: true)
          })
      }
    }
    return StageCheckResponse.Entry(
      name: entry.name, outputs: findings.faults.isEmpty ? findings.outputs : [:],
      faults: findings.faults)
  }
}

/// Services during a check: there are none.
private final class NoServices: StageServices {
  let account = MemoryAccount(limit: 64 << 20)
  let isCancelled = false
  let temporaryDirectory = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
  let threadBudget = 1
  let task: (any TaskServices)? = nil

  func log(_ level: LogLine.Level, _ message: String, fields: JSONValue?) {}
  func progress(done: Int, total: Int, unit: String) {}
  func model(_ slot: String) -> PlannedModel? { nil }
  func begin(_ item: Item) {}

  func parallelFor(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    body(0..<count)
  }

  func outputFile(
    item: Item?, name: String, existing: OutputPolicy.Existing?, role: OutputFile.Role
  ) throws(StageFailure) -> String {
    throw StageFailure(.internal, "no files during a check")
  }
}

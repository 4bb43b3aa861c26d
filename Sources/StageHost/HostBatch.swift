import CStageABI
import FileNames
import Glibc
package import JobModel
import Synchronization

/// Items on their way through one stage's `process` call; what `lattice_batch` points to.
// Its mutable parts are behind a lock; strings handed out live as long as it does.
package final class HostBatch: @unchecked Sendable {
  /// An item and what stages have said of it so far.
  package struct Entry: Sendable {
    package var item: Item
    package var metadata: JSONValue
    package var seed: UInt64

    package init(item: Item, metadata: JSONValue, seed: UInt64) {
      self.item = item
      self.metadata = metadata
      self.seed = seed
    }
  }

  private struct State {
    var metadata: [JSONValue]
    var failures: [Int: StageFailure] = [:]
    var outputs: [String: HostTensor] = [:]
    /// Addresses of C strings to free.
    var strings: [UInt] = []
  }

  package let entries: [Entry]
  package let inputs: [String: HostTensor]
  let ports: [PortDescription]
  let stageName: String
  let services: any StageServices
  /// Of the instance whose call runs, set before it: what the host refuses is said there.
  let context = Mutex<HostContext?>(nil)
  private let state: Mutex<State>

  /// - Parameters:
  ///   - entries: At least one item.
  ///   - inputs: By port; each has as many rows as there are items.
  ///   - stage: The stage that will process the batch.
  ///   - services: Of that stage.
  package init(
    entries: [Entry], inputs: [String: HostTensor], stage: PlannedStage,
    services: any StageServices
  ) {
    self.entries = entries
    self.inputs = inputs
    self.services = services
    ports = stage.description.outputs
    stageName = stage.name
    state = Mutex(State(metadata: entries.map(\.metadata)))
  }

  /// By handle, the batches whose calls run: a thread that a stage left behind finds nothing here any more.
  private static let running = Mutex<(next: UInt, batches: [UInt: HostBatch])>((4096, [:]))

  deinit {
    state.withLock { state in
      for address in state.strings { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
  }

  /// Calls `body` with what a plugin names this batch by, good until `body` returns.
  func withHandle<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
    let number = Self.running.withLock { running in
      defer { running.next += 16 }
      running.batches[running.next] = self
      return running.next
    }
    defer { Self.running.withLock { $0.batches[number] = nil } }
    return body(OpaquePointer(bitPattern: number))
  }

  static func from(_ handle: OpaquePointer?) -> HostBatch? {
    let number = UInt(bitPattern: handle)
    return running.withLock { $0.batches[number] }
  }

  /// Items that failed, by their place in the batch.
  package var failures: [Int: StageFailure] { state.withLock { $0.failures } }

  /// By port, what the stage has put out.
  package var outputs: [String: HostTensor] { state.withLock { $0.outputs } }

  /// Metadata of an item after the stage.
  package func metadata(_ index: Int) -> JSONValue { state.withLock { $0.metadata[index] } }

  func entry(_ index: UInt64) -> Entry? {
    index < UInt64(entries.count) ? entries[Int(index)] : nil
  }

  func lasting(_ text: String) -> UnsafePointer<CChar>? { lasting(FileName(text)) }

  func lasting(_ name: FileName) -> UnsafePointer<CChar>? {
    let address = UInt(bitPattern: name.withCString { strdup($0) })
    state.withLock { $0.strings.append(address) }
    return UnsafePointer(bitPattern: address)
  }

  func merge(_ members: [String: JSONValue], into index: Int) {
    state.withLock { state in
      var all = state.metadata[index].objectValue ?? [:]
      all.merge(members) { $1 }
      state.metadata[index] = .object(all)
    }
  }

  func fail(_ index: Int, _ failure: StageFailure) {
    state.withLock { $0.failures[index] = $0.failures[index] ?? failure }
  }

  /// Accepts an output after checking it against its port.
  ///
  /// - Throws: ``StageFailure`` that names stage, port, what was expected and found.
  func put(_ tensor: HostTensor, at port: String) throws(StageFailure) {
    try check(type: tensor.type, shape: tensor.shape, at: port)
    let isFirst = state.withLock { state in
      if state.outputs[port] != nil { return false }
      state.outputs[port] = tensor
      return true
    }
    guard isFirst else { throw madeAlready(port) }
  }

  private func madeAlready(_ port: String) -> StageFailure {
    StageFailure(
      .internal,
      "stage '\(stageName)' makes its output '\(port)' a second time in one call; the first one stands"
    )
  }

  /// What was done to the memory beside the outputs; nil when all is whole or nothing is guarded.
  var damage: String? {
    outputs.sorted { $0.key < $1.key }.lazy.compactMap(\.value.block?.damage).first
  }

  /// Forbids writing to outputs that are guarded.
  func seal() {
    for tensor in outputs.values { tensor.block?.seal() }
  }

  /// Checks an output's type and shape against its port before it is made, and that it is not made already.
  func requireFree(type: ElementType, shape: [Int], at name: String) throws(StageFailure) {
    try check(type: type, shape: shape, at: name)
    if state.withLock({ $0.outputs[name] != nil }) { throw madeAlready(name) }
  }

  private func check(type: ElementType, shape: [Int], at name: String) throws(StageFailure) {
    guard let port = ports.first(where: { $0.name == name }) else {
      let known = ports.map { "'\($0.name)'" }.joined(separator: ", ")
      throw StageFailure(
        .internal,
        "stage '\(stageName)' puts out '\(name)', a port it does not have; it has \(known.isEmpty ? "none" : known)"
      )
    }
    let found = "\(type.rawValue)\(shape)"
    let place = "'\(name)' of stage '\(stageName)'"
    guard HostTensor.byteCount(type, shape) != nil else {
      throw StageFailure(.internal, "\(place) is \(found), which is no size a tensor can have")
    }
    guard port.types.isEmpty || port.types.contains(type) else {
      let wanted = port.types.map(\.rawValue).joined(separator: " or ")
      throw StageFailure(.internal, "\(place) is \(found), its port promises \(wanted)")
    }
    guard shape.first == entries.count else {
      throw StageFailure(
        .internal,
        "\(place) is \(found), its first size must be the \(entries.count) items of the batch")
    }
    guard let dimensions = port.dimensions else { return }
    guard dimensions.count == shape.count else {
      throw StageFailure(
        .internal, "\(place) is \(found), its port promises rank \(dimensions.count)")
    }
    for (index, dimension) in dimensions.enumerated() {
      if case .fixed(let size) = dimension, size != shape[index] {
        throw StageFailure(
          .internal, "\(place) is \(found), its port promises \(size) as size \(index)")
      }
    }
  }
}

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
    /// Why the host refused an output of this call.
    var refusal: StageFailure?
    /// Addresses of C strings to free.
    var strings: [UInt] = []
  }

  package let entries: [Entry]
  package let inputs: [String: HostTensor]
  let ports: [PortDescription]
  let stageName: String
  let services: any StageServices
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

  deinit {
    state.withLock { state in
      for address in state.strings { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
  }

  var handle: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  static func from(_ handle: OpaquePointer?) -> HostBatch? {
    handle.map { Unmanaged<HostBatch>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
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

  func refuse(_ failure: StageFailure) {
    state.withLock { $0.refusal = $0.refusal ?? failure }
  }

  /// Why the host refused an output since the last time this was asked.
  func takeRefusal() -> StageFailure? {
    state.withLock { state in
      defer { state.refusal = nil }
      return state.refusal
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
    state.withLock { $0.outputs[port] = tensor }
  }

  /// Checks an output's type and shape against its port before it is made.
  func check(type: ElementType, shape: [Int], at name: String) throws(StageFailure) {
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

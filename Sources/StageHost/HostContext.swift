import CStageABI
import Glibc
import JobModel
import Synchronization

/// The host's side of one stage instance; what `lattice_context` points to.
// Its mutable parts are behind a lock; strings handed out live as long as it does.
final class HostContext: @unchecked Sendable {
  let services: any StageServices
  let stageName: String
  private let lastError = Mutex<StageFailure?>(nil)
  private let blocks = Mutex<[UInt: Int]>([:])
  private let temporary: UnsafeMutablePointer<CChar>?
  private let strings = Mutex<[String: UInt]>([:])

  init(services: any StageServices, stageName: String) {
    self.services = services
    self.stageName = stageName
    temporary = strdup(services.temporaryDirectory)
  }

  deinit {
    free(temporary)
    strings.withLock { strings in
      for address in strings.values { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }
    blocks.withLock { blocks in
      for (address, size) in blocks {
        free(UnsafeMutableRawPointer(bitPattern: address))
        services.account.give(size)
      }
    }
  }

  var handle: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  static func from(_ handle: OpaquePointer?) -> HostContext? {
    handle.map { Unmanaged<HostContext>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  var temporaryPath: UnsafePointer<CChar>? { temporary.map { UnsafePointer($0) } }

  /// A C string that lives as long as this context; equal texts share one.
  func lasting(_ text: String) -> UnsafePointer<CChar>? {
    let address = strings.withLock { strings -> UInt in
      if let known = strings[text] { return known }
      let copy = UInt(bitPattern: strdup(text))
      strings[text] = copy
      return copy
    }
    return UnsafePointer(bitPattern: address)
  }

  func set(_ failure: StageFailure) { lastError.withLock { $0 = failure } }

  /// The failure of the call that just returned `status`; nil for OK.
  func failure(of status: lattice_status) -> StageFailure? {
    let said = lastError.withLock { error -> StageFailure? in
      defer { error = nil }
      return error
    }
    guard status != LATTICE_OK else { return nil }
    let code = StageFailure.Code(rawValue: status) ?? .internal
    return StageFailure(
      code, said?.message ?? "stage '\(stageName)' failed with status \(status) and gave no reason")
  }

  func alloc(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer? {
    guard size > 0, alignment > 0, alignment & (alignment - 1) == 0, services.account.take(size)
    else { return nil }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, max(alignment, 16), size) == 0, let memory else {
      services.account.give(size)
      return nil
    }
    let address = UInt(bitPattern: memory)
    blocks.withLock { $0[address] = size }
    return memory
  }

  func dealloc(_ memory: UnsafeMutableRawPointer?) {
    let address = UInt(bitPattern: memory)
    guard let size = blocks.withLock({ $0.removeValue(forKey: address) }) else { return }
    free(memory)
    services.account.give(size)
  }
}

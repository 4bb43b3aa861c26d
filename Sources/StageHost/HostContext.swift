import CStageABI
import CSystemCalls
import Glibc
import JobModel
import Synchronization

/// The host's side of one stage instance; what `lattice_context` points to.
// Its mutable parts are behind a lock; strings handed out live as long as it does.
final class HostContext: @unchecked Sendable {
  let services: any StageServices
  let stageName: String
  /// By thread: calls of a parallel stage overlap.
  private let errors = Mutex<[UInt: StageFailure]>([:])
  private let blocks = Mutex<[UInt: Block]>([:])
  private let found = Mutex<String?>(nil)

  /// Memory that the plugin holds.
  private struct Block {
    var size: Int
    var guarded: GuardedBlock?
  }
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
      for (address, block) in blocks {
        if block.guarded == nil { free(UnsafeMutableRawPointer(bitPattern: address)) }
        services.account.give(block.size)
      }
    }
  }

  /// By handle, the contexts of instances that live: a thread that a stage left behind finds nothing here any more.
  private static let living = Mutex<(next: UInt, contexts: [UInt: HostContext])>((8192, [:]))

  /// What a plugin names this context by, good until ``retire()``.
  private(set) lazy var handle: OpaquePointer? = Self.living.withLock { living in
    defer { living.next += 16 }
    living.contexts[living.next] = self
    return OpaquePointer(bitPattern: living.next)
  }

  /// The instance is gone.
  func retire() {
    let number = UInt(bitPattern: handle)
    Self.living.withLock { $0.contexts[number] = nil }
  }

  static func from(_ handle: OpaquePointer?) -> HostContext? {
    let number = UInt(bitPattern: handle)
    return living.withLock { $0.contexts[number] }
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

  func set(_ failure: StageFailure) {
    let thread = UInt(pthread_self())
    errors.withLock { errors in
      if errors.count >= 64, errors[thread] == nil { errors.removeAll() }
      errors[thread] = failure
    }
  }

  /// The failure of the call that just returned `status` on this thread; nil for OK.
  func failure(of status: lattice_status) -> StageFailure? {
    let thread = UInt(pthread_self())
    let said = errors.withLock { errors -> StageFailure? in
      if let own = errors.removeValue(forKey: thread) { return own }
      // A stage that says it on a thread of its own is understood as long as there is no doubt.
      return status != LATTICE_OK && errors.count == 1 ? errors.popFirst()?.value : nil
    }
    guard status != LATTICE_OK else { return nil }
    let code = StageFailure.Code(status: status)
    return StageFailure(
      code, said?.message ?? "stage '\(stageName)' failed with status \(status) and gave no reason")
  }

  func alloc(_ size: Int, _ alignment: Int) -> UnsafeMutableRawPointer? {
    guard size > 0, alignment > 0, alignment & (alignment - 1) == 0 else { return nil }
    guard services.account.take(size) else {
      lattice_memory_refuse()
      return nil
    }
    let alignment = max(alignment, 16)
    if services.guardsMemory, alignment <= 4096,
      let block = GuardedBlock(
        bytes: size, alignment: alignment, name: "memory of stage '\(stageName)'"),
      let memory = block.data
    {
      blocks.withLock { $0[UInt(bitPattern: memory)] = Block(size: size, guarded: block) }
      return memory
    }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, size) == 0, let memory else {
      services.account.give(size)
      lattice_memory_refuse()
      return nil
    }
    blocks.withLock { $0[UInt(bitPattern: memory)] = Block(size: size, guarded: nil) }
    return memory
  }

  func dealloc(_ memory: UnsafeMutableRawPointer?) {
    let address = UInt(bitPattern: memory)
    guard let block = blocks.withLock({ $0.removeValue(forKey: address) }) else { return }
    if let damage = block.guarded?.damage { found.withLock { $0 = $0 ?? damage } }
    if block.guarded == nil { free(memory) }
    services.account.give(block.size)
  }

  /// What was done to the memory beside that of `alloc` since this was asked last; nil when all is whole.
  func takeDamage() -> String? {
    guard services.guardsMemory else { return nil }
    let now = blocks.withLock { blocks in blocks.values.lazy.compactMap(\.guarded?.damage).first }
    return found.withLock { found in
      defer { found = nil }
      return found ?? now
    }
  }
}

public import CStageABI
import Synchronization

/// Turns Swift stages into the tables of the C ABI.
public enum StageModule {
  /// The module's table; what a plugin's `lattice_stage_module_v1` returns.
  ///
  /// - Parameters:
  ///   - id: Reverse domain name of the plugin.
  ///   - version: Semantic version of the plugin.
  ///   - vendor: Who made it.
  ///   - license: SPDX identifier.
  ///   - minimumHostMinor: The oldest host that will do.
  ///   - stages: Its stages, no two of the same id.
  ///   - hostMinor: The minor of the host that asks.
  ///   - why: Gets a sentence when the result is nil.
  /// - Returns: An immortal table, or nil when the host is too old.
  public static func export(
    id: String, version: String, vendor: String, license: String, minimumHostMinor: Int = 0,
    stages: [any Stage.Type], hostMinor: UInt32,
    why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
  ) -> UnsafePointer<lattice_stage_module>? {
    guard Int(hostMinor) >= minimumHostMinor else {
      why?.pointee = Immortal.text(
        "\(id) \(version) needs a host of stage ABI 1.\(minimumHostMinor) or later, this one is 1.\(hostMinor)"
      )
      return nil
    }
    StageRegistry.register(stages)
    let tables = stages.map { UnsafePointer<lattice_stage>?.some(StageTable.make($0)) }
    return Immortal.value(
      lattice_stage_module(
        struct_size: UInt32(MemoryLayout<lattice_stage_module>.size),
        abi_minor: UInt32(LATTICE_STAGE_ABI_MINOR), min_host_minor: UInt32(minimumHostMinor),
        n_stages: UInt32(tables.count), id: Immortal.text(id), version: Immortal.text(version),
        vendor: Immortal.text(vendor), license: Immortal.text(license),
        build_info: Immortal.text("Swift, StageSDK"), stages: Immortal.array(tables)))
  }
}

/// The stages of this plugin by id; filled by the one call of the entry function.
enum StageRegistry {
  private static let types = Mutex<[String: any Stage.Type]>([:])

  static func register(_ stages: [any Stage.Type]) {
    let named = stages.map { ($0.descriptor.id, $0) }
    types.withLock { types in
      for (id, stage) in named { types[id] = stage }
    }
  }

  static func type(_ id: String) -> (any Stage.Type)? { types.withLock { $0[id] } }
}

/// Memory that the ABI promises to stay valid until the process ends.
enum Immortal {
  static func text(_ text: String) -> UnsafePointer<CChar> {
    UnsafePointer(array(text.utf8CString.map { $0 }))
  }

  static func optionalText(_ text: String?) -> UnsafePointer<CChar>? { text.map { self.text($0) } }

  static func value<Value>(_ value: Value) -> UnsafePointer<Value> {
    let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    memory.initialize(to: value)
    return UnsafePointer(memory)
  }

  static func array<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    memory.initialize(from: elements, count: elements.count)
    return UnsafePointer(memory)
  }
}

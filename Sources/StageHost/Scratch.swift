import CStageABI
import Glibc
import JobModel

/// C structs and strings that live as long as this object.
final class Scratch {
  private var addresses: [UnsafeMutableRawPointer] = []

  deinit { addresses.forEach { free($0) } }

  func string(_ text: String?) -> UnsafePointer<CChar>? {
    guard let text, let copy = strdup(text) else { return nil }
    addresses.append(copy)
    return UnsafePointer(copy)
  }

  func spec(port: String, _ spec: TensorSpec) -> UnsafePointer<lattice_tensor_spec>? {
    let sizes = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, spec.shape.count))
    for (index, size) in spec.shape.enumerated() { sizes[index] = Int64(size) }
    let table = UnsafeMutablePointer<lattice_tensor_spec>.allocate(capacity: 1)
    addresses.append(sizes)
    addresses.append(table)
    table.initialize(
      to: lattice_tensor_spec(
        struct_size: UInt32(MemoryLayout<lattice_tensor_spec>.size), reserved: 0,
        port: string(port), semantic: string(spec.semantic), dtype: spec.type.dataType,
        ndim: Int32(spec.shape.count), dims: sizes))
    return UnsafePointer(table)
  }

  /// Calls `body` with the set-up of one use of a stage.
  func withConfig<Result>(
    _ stageID: String, _ name: String, _ parameters: String, _ context: HostContext,
    _ host: UnsafePointer<lattice_host> = HostTable.shared,
    _ body: (UnsafePointer<lattice_stage_config>) -> Result
  ) -> Result {
    let config = lattice_stage_config(
      struct_size: UInt32(MemoryLayout<lattice_stage_config>.size), reserved: 0,
      stage_id: string(stageID), instance_name: string(name), params_json: string(parameters),
      host: host, context: context.handle)
    return withUnsafePointer(to: config, body)
  }
}

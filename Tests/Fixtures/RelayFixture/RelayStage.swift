public import CStageABI
import StageSDK

/// Stage `relay.swift` adds one, and notes where its input and its output lie.
final class RelayStage: Stage {
  struct Parameters: Decodable {}

  private struct Note: Encodable { let swift: [Int] }

  static let descriptor = StageDescriptor(
    id: "relay.swift", version: "1.0.0", summary: "For tests.", kind: .map,
    inputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures.")],
    outputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures.")])

  init(parameters: Parameters, context: StageContext) throws {}

  func process(_ batch: Batch) throws {
    let input = try batch.input("image")
    let output = try batch.output("image", .f32, shape: input.shape)
    let (from, to) = (try input.bind(Float.self), try output.bind(Float.self))
    for place in from.indices { to[place] = from[place] + 1 }
    let addresses = [Int(bitPattern: input.data), Int(bitPattern: output.data)]
    try batch.setMetadata(0, Note(swift: addresses))
  }
}

/// What the host looks up by name.
@c(lattice_stage_module_v1)
public func relayModule(
  hostMinor: UInt32, why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> UnsafePointer<lattice_stage_module>? {
  StageModule.export(
    id: "org.lattice.relay-swift", version: "1.0.0", vendor: "Lattice", license: "Apache-2.0",
    stages: [RelayStage.self], hostMinor: hostMinor, why: why)
}

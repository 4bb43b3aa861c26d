import JobModel
import StageHost
import Testing

/// One use of a stage, set up as a worker does it.
struct StageBench {
  let services: TestServices
  let planned: PlannedStage
  let library: StageLibrary

  /// - Parameters:
  ///   - path: Of the plugin.
  ///   - stage: Its id; the use is called `use`.
  ///   - parameters: All of them, as after planning.
  ///   - services: What the stage can ask for.
  /// - Throws: `StageLibraryError` when it can't be loaded.
  init(
    _ path: String, _ stage: String, _ parameters: JSONValue = .object([:]),
    services: TestServices = TestServices()
  ) throws {
    try self.init(
      try StageLibrary.load(path), stage, parameters, services: services)
  }

  init(
    _ library: StageLibrary, _ stage: String, _ parameters: JSONValue = .object([:]),
    services: TestServices = TestServices()
  ) throws {
    self.library = library
    self.services = services
    let found = try library.describe().stages.first { $0.id == stage }
    planned = PlannedStage(
      name: "use",
      plugin: PluginFile(path: library.path, size: 0, mtimeNanoseconds: 0, sha256: ""),
      description: try #require(found), parameters: parameters, inputs: [:], outputs: [:])
  }

  func instance() throws(StageFailure) -> StageInstance {
    try StageInstance(planned, of: library, services: services)
  }

  /// A batch of items that are numbered from 0.
  func batch(_ count: Int, _ inputs: [String: HostTensor] = [:]) -> HostBatch {
    let entries = (0..<count).map { number in
      HostBatch.Entry(
        item: Item(
          number: number, id: "item-\(number)", path: "/in/item-\(number)", size: nil,
          mtimeNanoseconds: nil), metadata: .object(["from": .string("before")]),
        seed: UInt64(number) + 100)
    }
    return HostBatch(entries: entries, inputs: inputs, stage: planned, services: services)
  }

  /// Makes an instance and feeds it one batch.
  func run(_ count: Int, _ inputs: [String: HostTensor] = [:]) throws(StageFailure) -> HostBatch {
    let batch = batch(count, inputs)
    try instance().process(batch)
    return batch
  }

  /// The sentence with which a batch of `count` items without inputs fails; nil when it does not.
  func refusal(of count: Int) -> StageFailure? {
    do throws(StageFailure) {
      _ = try run(count)
      return nil
    } catch {
      return error
    }
  }

  /// A tensor of this use's account.
  func tensor(_ values: [Float], _ shape: [Int]) throws -> HostTensor {
    let tensor = try #require(HostTensor(.f32, shape, account: services.account))
    try #require(values.count == shape.reduce(1, *))
    for (index, value) in values.enumerated() {
      tensor.data?.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
    }
    return tensor
  }
}

extension HostTensor {
  /// The values of an f32 tensor.
  var floats: [Float] {
    guard let data, type == .f32 else { return [] }
    return (0..<byteCount / 4).map { data.load(fromByteOffset: $0 * 4, as: Float.self) }
  }
}

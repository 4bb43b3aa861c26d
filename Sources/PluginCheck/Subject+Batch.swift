import DurableFiles
import JobModel
import ShardRun
import StageHost

extension Subject {
  /// Items with their inputs, made from the seed and the items' numbers alone.
  func makeBatch(
    _ trial: Trial, _ numbers: [Int], _ planned: PlannedStage, _ services: TrialServices
  ) throws -> HostBatch {
    let entries = numbers.map { number in
      let path = takesFiles ? trial.items.path(number) : nil
      let name = path.map { AtomicFile.lastComponent(of: $0) }
      let item = Item(
        number: number, id: name.map { "\(number)-\($0)" } ?? "\(number)", path: path, size: nil,
        mtimeNanoseconds: nil)
      let seed = ItemSeed.seed(job: trial.seed, stage: planned.name, item: item.id)
      return HostBatch.Entry(item: item, metadata: .object([:]), seed: seed)
    }
    var inputs: [String: HostTensor] = [:]
    for (port, spec) in inputSpecs(trial) {
      inputs[port.name] = try input(trial, port.name, spec, numbers, services)
    }
    return HostBatch(entries: entries, inputs: inputs, stage: planned, services: services)
  }

  private func input(
    _ trial: Trial, _ port: String, _ spec: TensorSpec, _ numbers: [Int],
    _ services: TrialServices
  ) throws -> HostTensor {
    let shape = [numbers.count] + spec.shape.dropFirst()
    let name = "the input '\(port)'"
    let tensor: HostTensor?
    switch trial.inputMemory {
    case .plain:
      tensor = HostTensor(spec.type, shape, account: MemoryAccount(limit: .max))
    case .guarded, .sealed:
      // A sealed one starts a page, so that reading a little past its end is not what is found.
      tensor = HostTensor.guarded(
        spec.type, shape, alignment: trial.inputMemory == .sealed ? 4096 : spec.type.byteCount,
        name: name
      ) { services.note(damage: $0) }
    case .unaligned:
      tensor = OffsetTensor.make(spec.type, shape)
    }
    guard let tensor else { throw Unfit(reason: "no memory for samples of \(spec.text)") }
    let size = tensor.rowByteCount
    for (index, number) in numbers.enumerated() {
      var generator = SampleNumbers(seed: trial.seed &+ UInt64(number), port)
      trial.values.fill(
        UnsafeMutableRawBufferPointer(
          start: tensor.data.map { $0 + index * size }, count: tensor.data == nil ? 0 : size),
        spec.type, &generator)
    }
    if trial.inputMemory == .sealed { tensor.block?.seal() }
    return tensor
  }
}

/// A tensor that is aligned to its elements and to nothing larger.
enum OffsetTensor {
  static func make(_ type: ElementType, _ shape: [Int]) -> HostTensor? {
    guard let bytes = HostTensor.byteCount(type, shape) else { return nil }
    let room = UnsafeMutableRawPointer.allocate(byteCount: bytes + 512, alignment: 256)
    room.initializeMemory(as: UInt8.self, repeating: 0, count: bytes + 512)
    return HostTensor(type, shape, data: bytes == 0 ? nil : room + 256 + type.byteCount) {
      room.deallocate()
    }
  }
}

import CStageABI

/// Makes the C table of one stage.
enum StageTable {
  static func make(_ type: any Stage.Type) -> UnsafePointer<lattice_stage> {
    let descriptor = type.descriptor
    var table = lattice_stage()
    table.struct_size = UInt32(MemoryLayout<lattice_stage>.size)
    table.flags = flags(descriptor)
    table.id = Immortal.text(descriptor.id)
    table.version = Immortal.text(descriptor.version)
    table.summary = Immortal.text(descriptor.summary)
    table.params_schema = Immortal.text(JSONText.schema(of: descriptor.parameters))
    table.inputs = ports(descriptor.inputs)
    table.n_inputs = UInt32(descriptor.inputs.count)
    table.outputs = ports(descriptor.outputs)
    table.n_outputs = UInt32(descriptor.outputs.count)
    table.model_slots = Immortal.array(
      descriptor.modelSlots.map { UnsafePointer<CChar>?.some(Immortal.text($0)) })
    table.n_model_slots = UInt32(descriptor.modelSlots.count)
    table.kind = descriptor.kind.rawValue
    table.preferred_batch = UInt32(descriptor.preferredBatch)
    setCalls(&table)
    return Immortal.value(table)
  }

  private static func flags(_ descriptor: StageDescriptor) -> UInt32 {
    (descriptor.isDeterministic ? UInt32(LATTICE_STAGE_DETERMINISTIC) : 0)
      | (descriptor.needsSeed ? UInt32(LATTICE_STAGE_NEEDS_SEED) : 0)
      | (descriptor.isParallel ? UInt32(LATTICE_STAGE_PARALLEL) : 0)
      | (descriptor.reduces ? UInt32(LATTICE_STAGE_REDUCES) : 0)
      | (descriptor.publishesModel ? UInt32(LATTICE_STAGE_PUBLISHES) : 0)
  }

  private static func ports(_ ports: [Port]) -> UnsafePointer<UnsafePointer<lattice_port>?> {
    Immortal.array(ports.map { UnsafePointer<lattice_port>?.some(port($0)) })
  }

  private static func port(_ port: Port) -> UnsafePointer<lattice_port> {
    var table = lattice_port()
    table.struct_size = UInt32(MemoryLayout<lattice_port>.size)
    table.flags =
      (port.isOptional ? UInt32(LATTICE_PORT_OPTIONAL) : 0)
      | (port.isFile ? UInt32(LATTICE_PORT_FILE) : 0)
    table.name = Immortal.text(port.name)
    table.semantic = Immortal.optionalText(port.semantic)
    table.doc = Immortal.text(port.doc)
    table.dtypes = Immortal.array(port.types.map(\.dataType))
    table.n_dtypes = UInt32(port.types.count)
    guard let dimensions = port.dimensions else {
      table.ndim = -1
      return Immortal.value(table)
    }
    table.ndim = Int32(dimensions.count)
    table.dims = Immortal.array(
      dimensions.map { dimension -> Int64 in
        if case .fixed(let size) = dimension { Int64(size) } else { -1 }
      })
    table.dim_names = Immortal.array(
      dimensions.map { dimension -> UnsafePointer<CChar>? in
        if case .named(let name) = dimension { Immortal.text(name) } else { nil }
      })
    return Immortal.value(table)
  }

  private static func setCalls(_ table: inout lattice_stage) {
    table.check = StageCalls.check
    table.create = StageCalls.create
    table.open = { this in StageCalls.call(this) { try $0.stage.open() } }
    table.process = { this, batch in
      StageCalls.call(this) { instance in
        guard let batch else { throw StageError(.internal, "the host gave no batch") }
        try instance.stage.process(Batch(context: instance.context, handle: batch))
      }
    }
    table.finish = { this in StageCalls.call(this) { try $0.stage.finish() } }
    table.run = { this in StageCalls.call(this) { try $0.stage.run() } }
    table.save_state = { this, directory in
      StageCalls.call(this) { try $0.stage.saveState(to: StageCalls.text(directory)) }
    }
    table.load_state = { this, directory in
      StageCalls.call(this) { try $0.stage.loadState(from: StageCalls.text(directory)) }
    }
    table.close = { this in _ = StageCalls.call(this) { $0.stage.close() } }
    table.destroy = { this in
      if let this { Unmanaged<StageInstance>.fromOpaque(this).release() }
    }
    table.get_extension = { _, _ in nil }
  }
}

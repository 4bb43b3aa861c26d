import CStageABI
import Testing

/// The layout of every struct that crosses, by field: what was once released never moves, a new field comes last.
@Suite struct ABILayoutTests {
  @Test func dlpackVersion() {
    #expect(MemoryLayout<DLPackVersion>.size == 8)
    let offsets: [(PartialKeyPath<DLPackVersion>, Int)] = [
      (\.major, 0),
      (\.minor, 4),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLPackVersion>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func dlpackDevice() {
    #expect(MemoryLayout<DLDevice>.size == 8)
    let offsets: [(PartialKeyPath<DLDevice>, Int)] = [
      (\.device_type, 0),
      (\.device_id, 4),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLDevice>.offset(of: field) == offset, "\(field)")
    }
  }

  /// The numbers are those of DLPack 1.1.
  @Test func dlpackEnums() {
    #expect(MemoryLayout<DLDeviceType>.size == 4 && MemoryLayout<DLDataTypeCode>.size == 4)
    let devices = [
      kDLCPU, kDLCUDA, kDLCUDAHost, kDLOpenCL, kDLVulkan, kDLMetal, kDLVPI, kDLROCM, kDLROCMHost,
      kDLExtDev, kDLCUDAManaged, kDLOneAPI, kDLWebGPU, kDLHexagon, kDLMAIA, kDLTrn,
    ]
    #expect(devices.map(\.rawValue) == [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    let codes = [kDLInt, kDLUInt, kDLFloat, kDLOpaqueHandle, kDLBfloat, kDLComplex, kDLBool]
    #expect(codes.map(\.rawValue) == Array(0...6))
  }

  @Test func dlpackDataType() {
    #expect(MemoryLayout<DLDataType>.size == 4)
    let offsets: [(PartialKeyPath<DLDataType>, Int)] = [
      (\.code, 0),
      (\.bits, 1),
      (\.lanes, 2),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLDataType>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func dlpackTensor() {
    #expect(MemoryLayout<DLTensor>.size == 48)
    let offsets: [(PartialKeyPath<DLTensor>, Int)] = [
      (\.data, 0),
      (\.device, 8),
      (\.ndim, 16),
      (\.dtype, 20),
      (\.shape, 24),
      (\.strides, 32),
      (\.byte_offset, 40),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLTensor>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func dlpackUnversionedTensor() {
    #expect(MemoryLayout<DLManagedTensor>.size == 64)
    let offsets: [(PartialKeyPath<DLManagedTensor>, Int)] = [
      (\.dl_tensor, 0),
      (\.manager_ctx, 48),
      (\.deleter, 56),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLManagedTensor>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func dlpackManagedTensor() {
    #expect(MemoryLayout<DLManagedTensorVersioned>.size == 80)
    let offsets: [(PartialKeyPath<DLManagedTensorVersioned>, Int)] = [
      (\.version, 0),
      (\.manager_ctx, 8),
      (\.deleter, 16),
      (\.flags, 24),
      (\.dl_tensor, 32),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<DLManagedTensorVersioned>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeHost() {
    #expect(MemoryLayout<lattice_host>.size == 240)
    let offsets: [(PartialKeyPath<lattice_host>, Int)] = [
      (\.struct_size, 0),
      (\.abi_minor, 4),
      (\.name, 8),
      (\.version, 16),
      (\.get_extension, 24),
      (\.log, 32),
      (\.set_error, 40),
      (\.progress, 48),
      (\.is_cancelled, 56),
      (\.temp_dir, 64),
      (\.model_path, 72),
      (\.thread_budget, 80),
      (\.parallel_for, 88),
      (\.alloc, 96),
      (\.dealloc, 104),
      (\.check_output, 112),
      (\.check_fault, 120),
      (\.batch_size, 128),
      (\.item_id, 136),
      (\.item_number, 144),
      (\.item_path, 152),
      (\.item_metadata, 160),
      (\.item_set_metadata, 168),
      (\.item_seed, 176),
      (\.item_begin, 184),
      (\.item_fail, 192),
      (\.input, 200),
      (\.input_retain, 208),
      (\.output_alloc, 216),
      (\.output_give, 224),
      (\.output_file, 232),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_host>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticePort() {
    #expect(MemoryLayout<lattice_port>.size == 64)
    let offsets: [(PartialKeyPath<lattice_port>, Int)] = [
      (\.struct_size, 0),
      (\.flags, 4),
      (\.name, 8),
      (\.semantic, 16),
      (\.doc, 24),
      (\.dtypes, 32),
      (\.n_dtypes, 40),
      (\.ndim, 44),
      (\.dims, 48),
      (\.dim_names, 56),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_port>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeTensorSpec() {
    #expect(MemoryLayout<lattice_tensor_spec>.size == 40)
    let offsets: [(PartialKeyPath<lattice_tensor_spec>, Int)] = [
      (\.struct_size, 0),
      (\.reserved, 4),
      (\.port, 8),
      (\.semantic, 16),
      (\.dtype, 24),
      (\.ndim, 28),
      (\.dims, 32),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_tensor_spec>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeStageConfig() {
    #expect(MemoryLayout<lattice_stage_config>.size == 48)
    let offsets: [(PartialKeyPath<lattice_stage_config>, Int)] = [
      (\.struct_size, 0),
      (\.reserved, 4),
      (\.stage_id, 8),
      (\.instance_name, 16),
      (\.params_json, 24),
      (\.host, 32),
      (\.context, 40),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_stage_config>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeStage() {
    #expect(MemoryLayout<lattice_stage>.size == 176)
    let offsets: [(PartialKeyPath<lattice_stage>, Int)] = [
      (\.struct_size, 0),
      (\.flags, 4),
      (\.id, 8),
      (\.version, 16),
      (\.summary, 24),
      (\.params_schema, 32),
      (\.inputs, 40),
      (\.n_inputs, 48),
      (\.n_outputs, 52),
      (\.outputs, 56),
      (\.model_slots, 64),
      (\.n_model_slots, 72),
      (\.kind, 76),
      (\.preferred_batch, 80),
      (\.reserved, 84),
      (\.check, 88),
      (\.create, 96),
      (\.open, 104),
      (\.process, 112),
      (\.finish, 120),
      (\.run, 128),
      (\.save_state, 136),
      (\.load_state, 144),
      (\.close, 152),
      (\.destroy, 160),
      (\.get_extension, 168),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_stage>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeStageModule() {
    #expect(MemoryLayout<lattice_stage_module>.size == 64)
    let offsets: [(PartialKeyPath<lattice_stage_module>, Int)] = [
      (\.struct_size, 0),
      (\.abi_minor, 4),
      (\.min_host_minor, 8),
      (\.n_stages, 12),
      (\.id, 16),
      (\.version, 24),
      (\.vendor, 32),
      (\.license, 40),
      (\.build_info, 48),
      (\.stages, 56),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_stage_module>.offset(of: field) == offset, "\(field)")
    }
  }

  @Test func latticeTask() {
    #expect(MemoryLayout<lattice_task>.size == 72)
    let offsets: [(PartialKeyPath<lattice_task>, Int)] = [
      (\.struct_size, 0),
      (\.reserved, 4),
      (\.state_dir, 8),
      (\.model_dir, 16),
      (\.checkpoint_every, 24),
      (\.checkpoint_keep, 32),
      (\.seed, 40),
      (\.report, 48),
      (\.item_count, 56),
      (\.for_each_item, 64),
    ]
    for (field, offset) in offsets {
      #expect(MemoryLayout<lattice_task>.offset(of: field) == offset, "\(field)")
    }
  }
}

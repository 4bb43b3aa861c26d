package import CStageABI
import CSystemCalls
import FileNames
import FoundationEssentials
import JobModel
import Synchronization

/// The table of host services that every stage gets; immortal and the same for all.
package enum HostTable {
  // Filled once before anybody reads it, and never changed.
  nonisolated(unsafe) package static let shared: UnsafePointer<lattice_host> = {
    let table = UnsafeMutablePointer<lattice_host>.allocate(capacity: 1)
    table.initialize(to: make())
    return UnsafePointer(table)
  }()

  // Immortal C strings.
  nonisolated(unsafe) private static let name: UnsafePointer<CChar>? = immortal("lattice-worker")
  nonisolated(unsafe) private static let version: UnsafePointer<CChar>? = immortal("0.1.0")

  private static func immortal(_ text: String) -> UnsafePointer<CChar>? {
    let bytes = Array(text.utf8CString)
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    memory.initialize(from: bytes, count: bytes.count)
    return UnsafePointer(memory)
  }

  private static func make() -> lattice_host {
    var host = lattice_host()
    host.struct_size = UInt32(MemoryLayout<lattice_host>.size)
    host.abi_minor = UInt32(LATTICE_STAGE_ABI_MINOR)
    host.name = name
    host.version = version
    host.get_extension = { _, id in
      text(id) == LATTICE_TASK_EXTENSION ? UnsafeRawPointer(TaskTable.shared) : nil
    }
    setInstanceServices(&host)
    setCheckServices(&host)
    setItemServices(&host)
    setTensorServices(&host)
    host.output_file = outputFile
    return host
  }

  private static func setInstanceServices(_ host: inout lattice_host) {
    host.log = { context, level, message, fields in
      guard let context = HostContext.from(context) else { return }
      let levels: [LogLine.Level] = [.debug, .info, .warning, .error]
      let level = levels[Int(min(max(level, 0), 3))]
      let fields = text(fields).flatMap { try? JSONValue(parsing: Data($0.utf8)) }
      context.services.log(level, text(message) ?? "", fields: fields)
    }
    host.set_error = { context, status, message in
      guard let context = HostContext.from(context) else { return }
      context.set(
        StageFailure(StageFailure.Code(status: status), text(message) ?? "no reason given"))
    }
    host.progress = { context, done, total, unit in
      guard let context = HostContext.from(context) else { return }
      context.services.progress(
        done: Int(clamping: done), total: Int(clamping: total), unit: text(unit) ?? "")
    }
    host.is_cancelled = { HostContext.from($0)?.services.isCancelled == true ? 1 : 0 }
    host.temp_dir = { HostContext.from($0)?.temporaryPath }
    host.model_path = { context, slot, sha256 in
      guard let context = HostContext.from(context),
        let model = context.services.model(text(slot) ?? "")
      else { return nil }
      sha256?.pointee = context.lasting(model.sha256)
      return context.lasting(model.path)
    }
    host.thread_budget = { UInt32(HostContext.from($0)?.services.threadBudget ?? 1) }
    host.parallel_for = { context, count, grain, body, argument in
      guard let context = HostContext.from(context), let body else { return LATTICE_INTERNAL }
      guard let count = Int(exactly: count) else {
        context.set(
          StageFailure(
            .internal,
            "stage '\(context.stageName)' asks for a loop of \(count) rounds, at most \(Int.max) will do"
          ))
        return LATTICE_INTERNAL
      }
      let work = CRangeBody(body: body, argument: argument)
      // What was refused to the call is missing on all threads that work for it.
      let lacksMemory = lattice_memory_is_refused() != 0
      context.services.parallelFor(count, grain: Int(clamping: max(1, grain))) { range in
        lattice_memory_begin()
        if lacksMemory { lattice_memory_refuse() }
        Ambient.shared.keepingFloats { work.call(range) }
      }
      return LATTICE_OK
    }
    host.alloc = { context, size, alignment in
      HostContext.from(context)?.alloc(Int(clamping: size), Int(clamping: alignment))
    }
    host.dealloc = { HostContext.from($0)?.dealloc($1) }
  }

  private static func setCheckServices(_ host: inout lattice_host) {
    host.check_output = { result, spec in
      guard let spec, let findings = StageCheck.Findings.from(result) else { return }
      do throws(PromisedOutput.Fault) {
        let (port, promise) = try PromisedOutput.read(spec)
        findings.outputs[port] = promise
      } catch {
        findings.misstatements.append("its check tells of \(error.text)")
      }
    }
    host.check_fault = { result, parameter, message in
      StageCheck.Findings.from(result)?.faults.append(
        StageCheckResponse.Fault(parameter: text(parameter), message: text(message) ?? ""))
    }
  }

  private static func setItemServices(_ host: inout lattice_host) {
    host.batch_size = { UInt64(HostBatch.from($0)?.entries.count ?? 0) }
    host.item_id = { batch, index in
      guard let batch = HostBatch.from(batch), let entry = batch.entry(index) else { return nil }
      return batch.lasting(entry.item.id.text ?? entry.item.id.shown)
    }
    host.item_number = { UInt64(HostBatch.from($0)?.entry($1)?.item.number ?? 0) }
    host.item_path = { batch, index in
      guard let batch = HostBatch.from(batch), let entry = batch.entry(index),
        let path = batch.services.openablePath(of: entry.item)
      else { return nil }
      return batch.lasting(path)
    }
    host.item_metadata = { batch, index in
      guard let batch = HostBatch.from(batch), batch.entry(index) != nil else { return nil }
      return batch.lasting((try? batch.metadata(Int(index)).canonicalText) ?? "{}")
    }
    host.item_set_metadata = { batch, index, json in
      guard let batch = HostBatch.from(batch), batch.entry(index) != nil,
        let value = try? JSONValue(parsing: Data((text(json) ?? "").utf8)),
        let members = value.objectValue
      else { return LATTICE_INTERNAL }
      batch.merge(members, into: Int(index))
      return LATTICE_OK
    }
    host.item_seed = { HostBatch.from($0)?.entry($1)?.seed ?? 0 }
    host.item_begin = { batch, index in
      guard let batch = HostBatch.from(batch), let entry = batch.entry(index) else { return }
      batch.services.begin(entry.item)
    }
    host.item_fail = { batch, index, status, message in
      guard let batch = HostBatch.from(batch), batch.entry(index) != nil else { return }
      let code = StageFailure.Code(status: status, else: .input)
      batch.fail(Int(index), StageFailure(code, text(message) ?? "no reason given"))
    }
  }

  private static func setTensorServices(_ host: inout lattice_host) {
    host.input = { batch, port in
      HostBatch.from(batch)?.inputs[text(port) ?? ""].map { UnsafePointer($0.view) }
    }
    host.input_retain = { batch, port in HostBatch.from(batch)?.inputs[text(port) ?? ""]?.managed()
    }
    host.output_alloc = { batch, port, dtype, rank, shape, out in
      guard let batch = HostBatch.from(batch), let out else { return LATTICE_INTERNAL }
      return batch.guarded { () throws(StageFailure) in
        guard knownRanks.contains(rank), rank == 0 || shape != nil else {
          throw StageFailure(
            .internal, "stage '\(batch.stageName)' asks for an output of rank \(rank) without sizes"
          )
        }
        let shape = (0..<Int(rank)).map { Int(shape?[$0] ?? 0) }
        guard let type = ElementType(dtype) else {
          throw StageFailure(
            .internal, "stage '\(batch.stageName)' asks for an output of an unknown type")
        }
        try batch.requireFree(type: type, shape: shape, at: text(port) ?? "")
        guard let tensor = batch.services.output(text(port) ?? "", type, shape) else {
          let bytes = HostTensor.byteCount(type, shape) ?? 0
          lattice_memory_refuse()
          throw StageFailure(
            .noMemory, "no memory for an output of \(bytes) bytes (\(type.rawValue)\(shape))")
        }
        try batch.put(tensor, at: text(port) ?? "")
        out.pointee = tensor.view.pointee
      }
    }
    host.output_give = { batch, port, managed in
      guard let managed else { return LATTICE_INTERNAL }
      guard let batch = HostBatch.from(batch) else {
        managed.pointee.deleter?(managed)
        return LATTICE_INTERNAL
      }
      return batch.guarded { () throws(StageFailure) in
        let tensor: HostTensor
        do throws(IncomingTensor.Refusal) {
          tensor = try IncomingTensor.take(managed, account: batch.services.account)
        } catch {
          throw StageFailure(error.code, "stage '\(batch.stageName)' \(error.message)")
        }
        try batch.put(try batch.guarding(tensor, text(port) ?? ""), at: text(port) ?? "")
      }
    }
  }

  private static let outputFile:
    @convention(c) (
      OpaquePointer?, OpaquePointer?, UInt64, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
      UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, UInt64
    ) -> lattice_status = { context, batch, index, name, existing, role, path, capacity in
      guard let context = HostContext.from(context), let path else { return LATTICE_INTERNAL }
      do throws(StageFailure) {
        let file = try context.services.outputFile(
          item: HostBatch.from(batch)?.entry(index)?.item, name: text(name) ?? "",
          existing: text(existing).flatMap(OutputPolicy.Existing.init(rawValue:)),
          role: text(role).flatMap(OutputFile.Role.init(rawValue:)) ?? .result)
        let bytes = Array(file.utf8CString)
        guard bytes.count <= Int(clamping: capacity) else {
          throw StageFailure(.config, "the path '\(file)' is too long")
        }
        path.update(from: bytes, count: bytes.count)
        return LATTICE_OK
      } catch {
        context.set(error)
        return error.code.rawValue
      }
    }
}

/// A C function with its argument, which the caller keeps alive until all ranges are done.
// The plugin promises that `body` may run on several threads at once.
private struct CRangeBody: @unchecked Sendable {
  let body: @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64) -> Void
  let argument: UnsafeMutableRawPointer?

  func call(_ range: Range<Int>) {
    body(argument, UInt64(range.lowerBound), UInt64(range.upperBound))
  }
}

extension HostBatch {
  /// A copy between guard pages where memory is guarded: what a plugin gave can't be sealed.
  fileprivate func guarding(_ tensor: HostTensor, _ port: String) throws(StageFailure) -> HostTensor
  {
    guard services.guardsMemory, let source = tensor.data else { return tensor }
    guard let copy = services.output(port, tensor.type, tensor.shape) else {
      throw StageFailure(
        .noMemory, "no memory for a copy of the \(tensor.byteCount) bytes that '\(port)' was given")
    }
    copy.data?.copyMemory(from: source, byteCount: tensor.byteCount)
    return copy
  }

  /// Runs `body`; what it fails with is said for the running call, as with `set_error`.
  func guarded(_ body: () throws(StageFailure) -> Void) -> lattice_status {
    do throws(StageFailure) {
      try body()
      return LATTICE_OK
    } catch {
      context.withLock { $0 }?.set(error)
      return error.code.rawValue
    }
  }
}

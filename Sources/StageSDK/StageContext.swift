import CStageABI
import Glibc

// The table is immortal and the host's services lock for themselves.
/// What the host does for one use of a stage.
///
/// Every call may come from any thread, from the stage's `init` until its `close` returns.
public struct StageContext: @unchecked Sendable {
  let host: UnsafePointer<lattice_host>
  let handle: OpaquePointer
  /// The `id` of this use in the pipeline spec.
  public let instanceName: String

  /// How much a log line matters.
  public enum LogLevel: Int32, Sendable {
    /// For whoever writes the stage.
    case debug = 0
    /// What happens.
    case info = 1
    /// What may be wrong with the result.
    case warning = 2
    /// What is wrong.
    case error = 3
  }

  /// What the job's report does with a file.
  public enum FileRole: String, Sendable {
    /// What the job is for.
    case result
    /// A picture to show.
    case preview
    /// CSV or JSON with numbers.
    case table
  }

  /// Writes a line to the stage's log; `fields` is the text of a JSON object.
  public func log(_ level: LogLevel, _ message: String, fields: String? = nil) {
    message.withCString { text in
      if let fields {
        fields.withCString { host.pointee.log(handle, level.rawValue, text, $0) }
      } else {
        host.pointee.log(handle, level.rawValue, text, nil)
      }
    }
  }

  /// Tells how far the running call is, and that it is alive; `total` 0 when unknown.
  public func progress(_ done: Int, of total: Int, unit: String) {
    unit.withCString {
      host.pointee.progress(handle, UInt64(max(0, done)), UInt64(max(0, total)), $0)
    }
  }

  /// True once the job is being cancelled: throw ``StageError/Code/cancelled`` soon.
  public var isCancelled: Bool { host.pointee.is_cancelled(handle) != 0 }

  /// A folder for scratch files, emptied when the attempt ends.
  public var temporaryDirectory: String {
    host.pointee.temp_dir(handle).map { String(cString: $0) } ?? P_tmpdir
  }

  /// The folder or file of the model in a slot; nil when the job names none.
  public func modelPath(_ slot: String) -> String? {
    slot.withCString { host.pointee.model_path(handle, $0, nil) }.map { String(cString: $0) }
  }

  /// Threads this stage may keep busy, at least 1.
  public var threadBudget: Int { Int(host.pointee.thread_budget(handle)) }

  /// Calls `body` for ranges that together cover `0..<count`, on the host's threads, and waits for all.
  ///
  /// - Parameters:
  ///   - count: How many pieces of work there are.
  ///   - grain: The smallest range worth a thread, at least 1.
  ///   - body: Works on a range; may run on several threads at once.
  public func parallelFor(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
    withoutActuallyEscaping(body) { escaping in
      let box = RangeBody(escaping)
      withExtendedLifetime(box) {
        _ = host.pointee.parallel_for(
          handle, UInt64(count), UInt64(max(1, grain)),
          { argument, begin, end in
            guard let argument else { return }
            let box = Unmanaged<RangeBody>.fromOpaque(argument).takeUnretainedValue()
            box.body(Int(begin)..<Int(end))
          }, Unmanaged.passUnretained(box).toOpaque())
      }
    }
  }

  /// Reserves an output file of the whole stage and gives the path to create.
  ///
  /// - Parameters:
  ///   - name: Relative to the job's output folder; may hold {job.…} placeholders.
  ///   - existing: "error", "skip" or "replace"; nil for the job's own setting.
  ///   - role: What the report does with it.
  /// - Returns: An absolute path; the file appears under its name when the shard is published.
  /// - Throws: ``StageError`` when the name leads elsewhere or is taken.
  public func outputFile(
    name: String, existing: String? = nil, role: FileRole = .result
  ) throws -> String {
    try outputFile(batch: nil, item: 0, name: name, existing: existing, role: role)
  }

  func outputFile(
    batch: OpaquePointer?, item: Int, name: String, existing: String?, role: FileRole
  ) throws -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let status = name.withCString { name in
      role.rawValue.withCString { role in
        path.withUnsafeMutableBufferPointer { buffer in
          withOptionalCString(existing) { existing in
            host.pointee.output_file(
              handle, batch, UInt64(item), name, existing, role, buffer.baseAddress,
              UInt64(buffer.count))
          }
        }
      }
    }
    guard status == LATTICE_OK else { throw HostRefusal(status: status) }
    return path.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}

/// The host refused a service and has said why itself; only the status is handed on.
struct HostRefusal: Error {
  let status: Int32
}

/// Carries a closure through a C function pointer's argument.
private final class RangeBody {
  let body: (Range<Int>) -> Void

  init(_ body: @escaping (Range<Int>) -> Void) { self.body = body }
}

func withOptionalCString<Result>(
  _ text: String?, _ body: (UnsafePointer<CChar>?) throws -> Result
) rethrows -> Result {
  guard let text else { return try body(nil) }
  return try text.withCString(body)
}

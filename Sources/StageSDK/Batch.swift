import CStageABI
import FoundationEssentials
import Synchronization

/// An item of a batch.
public struct BatchItem: Sendable {
  /// Its path below the input folder, or its number as text; bytes that are not UTF-8 stand as `\xE9`.
  public let id: String
  /// Its place in the job, from 0; the same in every attempt and for every shard size.
  public let number: Int
  /// The absolute path of its file, or of a link to it where that is not UTF-8; nil for an item without one.
  public let path: String?
  /// 64 random bits for this item and stage; the same on every attempt, shard and machine.
  public let seed: UInt64
  /// What earlier stages said of it: the text of a JSON object.
  public let metadata: String

  /// Decodes the metadata.
  ///
  /// - Parameter type: What to decode; give its members optional types for what may be missing.
  /// - Returns: The decoded value.
  /// - Throws: `DecodingError` when a member is missing or of another type.
  public func metadata<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(metadata.utf8))
  }
}

// The batch itself is the host's, which locks where it has to.
/// Items that travel through one `process` call; valid until that call returns.
///
/// Its functions may be called by several threads at once, each for its own items.
public final class Batch: @unchecked Sendable {
  private let context: StageContext
  private let handle: OpaquePointer
  // Never copied as a whole: an older host has a shorter table.
  private var host: UnsafePointer<lattice_host> { context.host }

  /// How many items there are, at least 1.
  public let count: Int

  init(context: StageContext, handle: OpaquePointer) {
    self.context = context
    self.handle = handle
    count = Int(context.host.pointee.batch_size(handle))
  }

  /// One of the items.
  public func item(_ index: Int) -> BatchItem {
    let position = UInt64(index)
    return BatchItem(
      id: host.pointee.item_id(handle, position).map { String(cString: $0) } ?? "",
      number: Int(host.pointee.item_number(handle, position)),
      path: host.pointee.item_path(handle, position).map { String(cString: $0) },
      seed: host.pointee.item_seed(handle, position),
      metadata: host.pointee.item_metadata(handle, position).map { String(cString: $0) } ?? "{}")
  }

  /// Merges the members of a value that encodes as a JSON object into an item's metadata.
  ///
  /// A member `damage`, a text, says what of the item's data is damaged: `lattice show` and the report name such items.
  public func setMetadata(_ index: Int, _ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    let status = text.withCString { host.pointee.item_set_metadata(handle, UInt64(index), $0) }
    guard status == LATTICE_OK else { throw HostRefusal(status: status) }
  }

  /// The tensor at an input port.
  ///
  /// - Throws: ``StageError`` with code `internal` when nothing is connected.
  public func input(_ port: String) throws -> TensorView {
    guard let view = try optionalInput(port) else {
      throw StageError(.internal, "nothing is connected to the input '\(port)'")
    }
    return view
  }

  /// The tensor at an input port; nil when nothing is connected.
  public func optionalInput(_ port: String) throws -> TensorView? {
    guard let tensor = port.withCString({ host.pointee.input(handle, $0) })?.pointee else {
      return nil
    }
    guard let type = ElementType(tensor.dtype) else {
      throw StageError(.internal, "the input '\(port)' has a type this stage does not know")
    }
    let shape = (0..<Int(tensor.ndim)).map { Int(tensor.shape[$0]) }
    return TensorView(type: type, shape: shape, data: tensor.data.map { UnsafeRawPointer($0) })
  }

  /// Makes the tensor of an output port, zeroed, in host memory: what is written there is not copied.
  public func output(
    _ port: String, _ type: ElementType, shape: [Int]
  ) throws -> MutableTensorView {
    var tensor = DLTensor()
    let status = shape.map { Int64($0) }.withUnsafeBufferPointer { sizes in
      port.withCString {
        host.pointee.output_alloc(
          handle, $0, type.dataType, Int32(shape.count), sizes.baseAddress, &tensor)
      }
    }
    guard status == LATTICE_OK else { throw HostRefusal(status: status) }
    return MutableTensorView(type: type, shape: shape, data: tensor.data)
  }

  /// Fails one item, with the reason; the rest of the batch goes on.
  public func fail(_ index: Int, _ error: StageError) {
    error.message.withCString {
      host.pointee.item_fail(handle, UInt64(index), error.code.rawValue, $0)
    }
  }

  /// Calls `body` for each item, on the host's threads, and names the item that is worked on.
  ///
  /// A ``StageError`` that blames the item (`input`, `notFound`) fails that item alone; any other error is
  /// thrown once all have returned, the one of the first item if there are several.
  public func forEachItem(parallel: Bool = true, _ body: @Sendable (Int) throws -> Void) throws {
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    func work(_ range: Range<Int>) {
      for index in range {
        self.host.pointee.item_begin(self.handle, UInt64(index))
        do {
          try body(index)
        } catch let error as StageError where error.code.blamesItem {
          self.fail(index, error)
        } catch {
          failure.withLock { first in
            if index < first?.index ?? Int.max { first = (index, error) }
          }
        }
      }
    }
    if parallel && count > 1 {
      context.parallelFor(count, work)
    } else {
      work(0..<count)
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
  }

  /// Reserves an output file of an item and gives the path to create.
  ///
  /// - Parameters:
  ///   - index: The item.
  ///   - name: Relative to the job's output folder; may hold {item.…} and {job.…} placeholders.
  ///   - existing: "error", "skip" or "replace"; nil for the job's own setting.
  ///   - role: What the report does with it.
  /// - Returns: An absolute path; the file appears under its name when the shard is published.
  /// - Throws: ``StageError`` when the name leads elsewhere or is taken.
  public func outputFile(
    item index: Int, name: String, existing: String? = nil,
    role: StageContext.FileRole = .result
  ) throws -> String {
    try context.outputFile(batch: handle, item: index, name: name, existing: existing, role: role)
  }
}

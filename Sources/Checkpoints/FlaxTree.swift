import TensorFiles

/// The arrays of a tree that flax wrote as msgpack, each with the path of keys that leads to it.
///
/// Source: `flax/serialization.py` of https://github.com/google/flax: extension type 1 is an array, 2 a complex number,
/// 3 a numpy scalar; a map that starts with `__msgpack_chunked_array__` is an array in chunks.
struct FlaxTree {
  private(set) var names: [String] = []
  private(set) var arrays: [FlaxArray] = []
  /// Arrays of types that aren't read: what the types are called, by name.
  private(set) var foreign: [String: String] = [:]
  /// Texts among the leaves.
  private(set) var texts: [String: String] = [:]
  private let limits: CheckpointLimits
  private var reader: MsgpackReader
  private var budget: NameBudget

  init(
    _ bytes: UnsafeRawBufferPointer, limits: CheckpointLimits, path: String
  ) throws(FlaxFault) {
    self.limits = limits
    reader = MsgpackReader(bytes)
    budget = NameBudget(limits, path: path)
    guard case .map(let count) = try next() else { throw .msgpack(.notMap(byte: 0)) }
    try readMap(count, name: "", depth: 1)
    guard reader.left == 0 else {
      throw .msgpack(.trailing(byte: reader.position, count: reader.left))
    }
  }

  private mutating func readMap(_ count: Int, name: String, depth: Int) throws(FlaxFault) {
    for number in 0..<count {
      let key = try readKey()
      if key == FlaxChunks.marker {
        guard number == 0 else { throw .msgpack(.chunks(name: name, .markerNotFirst)) }
        return try readChunks(count, name: name)
      }
      try readValue(name: try joined(name, key), depth: depth)
    }
  }

  private mutating func readValue(name: String, depth: Int) throws(FlaxFault) {
    let start = reader.position
    switch try next() {
    case .map(let count):
      guard depth < limits.depth else {
        throw .msgpack(.tooDeep(byte: start, limit: limits.depth))
      }
      try readMap(count, name: name, depth: depth + 1)
    case .array(let count):
      guard depth < limits.depth else {
        throw .msgpack(.tooDeep(byte: start, limit: limits.depth))
      }
      for number in 0..<count {
        try readValue(name: try joined(name, "\(number)"), depth: depth + 1)
      }
    case .extended(let type, let range): try readExtended(type, range, name: name)
    case .none: break
    case .text(let range):
      do throws(MsgpackFault) {
        texts[name] = try reader.string(range)
      } catch { throw .msgpack(error) }
    case .flag(let flag): add(name, FlaxArray(.bool, [flag ? 1 : 0] as [UInt8]))
    case .integer(let number): add(name, FlaxArray(.i64, [number]))
    case .unsigned(let number): add(name, FlaxArray(.u64, [number]))
    case .float(let number): add(name, FlaxArray(.f64, [number.bitPattern]))
    case .binary(let range):
      add(name, FlaxArray(.u8, shape: [range.count], data: .runs([range])))
    }
  }

  private mutating func readExtended(
    _ type: Int8, _ range: ByteRange, name: String
  ) throws(FlaxFault) {
    switch type {
    case 1, 3:
      let (bytes, limits) = (reader.bytes, limits)
      try add(name) { () throws(FlaxFault) in
        try FlaxArray(bytes, range, name: name, limits: limits)
      }
    case 2:
      var pair = MsgpackReader(reader.bytes, range)
      do throws(MsgpackFault) {
        guard try pair.next() == .array(2), case .float(let real) = try pair.next(),
          case .float(let imaginary) = try pair.next(), pair.left == 0
        else { throw .array(name: name, byte: range.start, .notPair) }
        let parts = FlaxArray(.f64, [real.bitPattern, imaginary.bitPattern], shape: [2])
        add(name, parts)
      } catch { throw .msgpack(error) }
    default:
      throw .msgpack(.unknownExtension(name: name, byte: range.start, type: type))
    }
  }

  /// Reads the rest of a map whose first key said that it is an array in chunks.
  private mutating func readChunks(_ count: Int, name: String) throws(FlaxFault) {
    _ = try next()
    var chunks = FlaxChunks(name: name, limits: limits)
    for _ in 1..<max(count, 1) {
      let key = try readKey()
      try chunks.readMember(key, &reader)
    }
    add(name, try chunks.joined())
  }

  /// Adds an array, or notes its type where that isn't read.
  private mutating func add(
    _ name: String, _ array: () throws(FlaxFault) -> FlaxArray
  ) throws(FlaxFault) {
    do throws(FlaxFault) {
      add(name, try array())
    } catch {
      guard case .type(_, let type) = error else { throw error }
      foreign[name] = type
    }
  }

  private mutating func add(_ name: String, _ array: FlaxArray) {
    names.append(name)
    arrays.append(array)
  }

  private mutating func readKey() throws(FlaxFault) -> String {
    do throws(MsgpackFault) {
      return try reader.text { .keyNotText(byte: $0) }
    } catch { throw .msgpack(error) }
  }

  private mutating func next() throws(FlaxFault) -> MsgpackValue {
    do throws(MsgpackFault) { return try reader.next() } catch { throw .msgpack(error) }
  }

  /// The path of a branch or leaf; all of them count, since each level copies a long one again.
  private mutating func joined(_ name: String, _ key: String) throws(FlaxFault) -> String {
    let joined = name.isEmpty ? key : "\(name)/\(key)"
    do throws(CheckpointError) {
      try budget.spend(on: joined)
    } catch { throw .names(error) }
    return joined
  }
}

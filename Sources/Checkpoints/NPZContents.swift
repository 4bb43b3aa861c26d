import FileNames
import TensorFiles

/// Tensors of a `.npz` file: a zip archive of `.npy` files, stored or deflated.
struct NPZContents: CheckpointContents {
  let entries: [CheckpointEntry]
  let foreign: [String: String]
  let metadata: [String: String] = [:]
  private let arrays: [NPYArray]
  private let members: [ZipMember]
  private let places: [ByteRange]
  private let file: MappedFile

  init(_ file: MappedFile, _ limits: CheckpointLimits) throws(CheckpointError) {
    let directory: ZipDirectory
    do throws(ZipFault) {
      directory = try ZipDirectory(file.bytes, limits: limits)
    } catch { throw .zip(path: file.path, error) }
    var names = NameBudget(limits, path: file.path)
    var arrays: [NPYArray] = []
    var entries: [CheckpointEntry] = []
    var foreign: [String: String] = [:]
    var members: [ZipMember] = []
    var places: [ByteRange] = []
    for (member, place) in zip(directory.members, directory.places) {
      guard member.name.hasSuffix(".npy") else {
        throw .zip(path: file.path, .notAnArray(member.name))
      }
      try names.spend(on: member.name)
      let name = String(member.name.dropLast(4))
      do throws(CheckpointError) {
        let array = try Self.array(member, place, file)
        arrays.append(array)
        entries.append(array.entry(named: name))
        members.append(member)
        places.append(place)
      } catch .tensorFile(.unsupportedType(_, _, let type)) {
        foreign[name] = type
      } catch .tensorFile(.records(_, let fields)) {
        foreign[name] = "records of \(fields.prefix(8).joined(separator: ", "))"
      } catch { throw error }
    }
    self.file = file
    self.entries = entries
    self.foreign = foreign
    self.arrays = arrays
    self.members = members
    self.places = places
  }

  /// Reads a member's header, and checks that the member is as long as the header says.
  private static func array(
    _ member: ZipMember, _ place: ByteRange, _ file: MappedFile
  ) throws(CheckpointError) -> NPYArray {
    let array = try NPYArray(path: "\(file.path)/\(ShownName.plain(member.name))") {
      count throws(CheckpointError) in
      try start(of: member, place, file, count: count)
    }
    let size = array.tensor.offset + array.tensor.byteCount
    guard UInt64(size) == member.size else {
      throw .zip(path: file.path, .arraySize(member.name, array: size, member: member.size))
    }
    return array
  }

  /// The first bytes of a member's content, fewer when there are fewer.
  private static func start(
    of member: ZipMember, _ place: ByteRange, _ file: MappedFile, count: Int
  ) throws(CheckpointError) -> [UInt8] {
    guard let bytes = file.part(place) else { return [] }
    switch member.method {
    case .stored: return [UInt8](bytes.prefix(count))
    case .deflated:
      // No more than the directory promises: the header's own claim of length is not yet checked.
      let room = Int(min(UInt64(count), member.size))
      do throws(InflateStream.Fault) {
        return try InflateStream(bytes).next(room)
      } catch {
        throw .zip(path: file.path, .cannotInflate(member.name, reason: error.reason))
      }
    }
  }

  func plainBytes(_ number: Int) -> UnsafeRawBufferPointer? { nil }

  func read(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    let member = members[number]
    guard let bytes = file.part(places[number]) else { return }
    let offset = arrays[number].tensor.offset
    do throws(ZipFault) {
      switch member.method {
      case .stored:
        guard let data = bytes.part(ByteRange(offset, memory.count)) else { return }
        try Self.check(CRC32.updated(0, bytes), member)
        memory.copyMemory(from: data)
      case .deflated: try Self.inflate(bytes, member, offset, into: memory)
      }
    } catch { throw .zip(path: file.path, error) }
    arrays[number].arrange(memory)
  }

  private static func inflate(
    _ bytes: UnsafeRawBufferPointer, _ member: ZipMember, _ offset: Int,
    into memory: UnsafeMutableRawBufferPointer
  ) throws(ZipFault) {
    var content = InflatedMember(headerCount: offset)
    do throws(InflateStream.Fault) {
      try content.read(bytes, into: memory)
    } catch { throw .cannotInflate(member.name, reason: error.reason) }
    guard UInt64(content.count) == member.size else {
      throw .inflatedSize(member.name, expected: member.size, found: "\(content.count)")
    }
    guard !content.hasMore else {
      throw .inflatedSize(member.name, expected: member.size, found: "more")
    }
    try check(content.checksum, member)
  }

  private static func check(_ found: UInt32, _ member: ZipMember) throws(ZipFault) {
    guard found == member.checksum else {
      throw .checksum(member.name, expected: member.checksum, found: found)
    }
  }
}

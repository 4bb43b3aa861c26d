/// The records at the end of a zip archive: where its directory is and how many members it has.
///
/// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.
struct ZipEnd {
  /// Bytes of the directory.
  let directory: ByteRange
  /// Members that the directory claims.
  let memberCount: Int

  init(_ bytes: UnsafeRawBufferPointer, limits: CheckpointLimits) throws(ZipFault) {
    guard let start = Self.place(bytes) else { throw .noEnd }
    var fields = try Fields(bytes, at: start)
    var end = start
    if let zip64 = try Self.zip64Place(bytes, before: start) {
      let wide = try Fields(zip64: bytes, at: zip64, endingAt: start - 20)
      guard fields.agrees(with: wide) else { throw .endRecordsDiffer }
      fields = wide
      end = zip64
    }
    guard fields.isOneDisk else { throw .severalDisks }
    let (sum, overflow) = fields.start.addingReportingOverflow(fields.size)
    guard !overflow, sum == UInt64(end) else {
      throw .directoryPlace(start: fields.start, size: fields.size, end: end)
    }
    guard fields.count <= UInt64(limits.entries) else {
      throw .tooManyMembers(found: fields.count, limit: limits.entries)
    }
    directory = ByteRange(Int(fields.start), Int(fields.size))
    memberCount = Int(fields.count)
  }

  /// Where the end record is: the last one whose comment ends where the file does.
  private static func place(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let least = 22
    guard bytes.count >= least else { return nil }
    let first = max(0, bytes.count - least - 0xFFFF)
    for start in stride(from: bytes.count - least, through: first, by: -1)
    where bytes[start] == UInt8(ascii: "P") {
      var reader = ByteReader(bytes, ByteRange(start, least))
      guard reader.little(UInt32.self) == 0x0605_4B50, reader.take(16) != nil,
        let comment = reader.little(UInt16.self)
      else { continue }
      if start + least + Int(comment) == bytes.count { return start }
    }
    return nil
  }

  /// Where the zip64 end record is; nil when there is none.
  private static func zip64Place(
    _ bytes: UnsafeRawBufferPointer, before end: Int
  ) throws(ZipFault) -> Int? {
    guard end >= 20 else { return nil }
    var reader = ByteReader(bytes, ByteRange(end - 20, 20))
    guard reader.little(UInt32.self) == 0x0706_4B50 else { return nil }
    guard reader.little(UInt32.self) == 0, let place = reader.little(UInt64.self),
      reader.little(UInt32.self) == 1
    else { throw .severalDisks }
    guard end >= 76, place <= UInt64(end - 76) else { throw .noEnd }
    return Int(place)
  }

  private struct Fields {
    var isOneDisk: Bool
    var count: UInt64
    var size: UInt64
    var start: UInt64

    init(_ bytes: UnsafeRawBufferPointer, at place: Int) throws(ZipFault) {
      var reader = ByteReader(bytes, ByteRange(place, 22))
      guard reader.take(4) != nil, let disk = reader.little(UInt16.self),
        let firstDisk = reader.little(UInt16.self), let countHere = reader.little(UInt16.self),
        let count = reader.little(UInt16.self), let size = reader.little(UInt32.self),
        let start = reader.little(UInt32.self)
      else { throw .noEnd }
      isOneDisk = disk == 0 && firstDisk == 0 && countHere == count
      self.count = UInt64(count)
      self.size = UInt64(size)
      self.start = UInt64(start)
    }

    init(
      zip64 bytes: UnsafeRawBufferPointer, at place: Int, endingAt end: Int
    ) throws(ZipFault) {
      var reader = ByteReader(bytes, ByteRange(place, end - place))
      guard reader.little(UInt32.self) == 0x0606_4B50, let length = reader.little(UInt64.self),
        length == UInt64(reader.left), reader.take(4) != nil,
        let disk = reader.little(UInt32.self), let firstDisk = reader.little(UInt32.self),
        let countHere = reader.little(UInt64.self), let count = reader.little(UInt64.self),
        let size = reader.little(UInt64.self), let start = reader.little(UInt64.self)
      else { throw .noEnd }
      isOneDisk = disk == 0 && firstDisk == 0 && countHere == count
      self.count = count
      self.size = size
      self.start = start
    }

    /// True when every field says what the wide one does, or that the wide one is to be asked.
    func agrees(with wide: Fields) -> Bool {
      (count == 0xFFFF || count == wide.count) && (size == 0xFFFF_FFFF || size == wide.size)
        && (start == 0xFFFF_FFFF || start == wide.start)
    }
  }
}

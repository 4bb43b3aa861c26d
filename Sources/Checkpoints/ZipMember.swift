/// A member of a zip archive, as the directory describes it.
struct ZipMember: Hashable, Sendable {
  enum Method: UInt16, Hashable, Sendable { case stored = 0, deflated = 8 }

  let name: String
  let method: Method
  let checksum: UInt32
  /// Bytes in the file.
  let compressedSize: UInt64
  /// Bytes of the content; a claim, until they are read.
  let size: UInt64
  /// Where its local header is.
  let headerPlace: UInt64

  /// Reads one entry of the directory.
  ///
  /// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.12 and 4.5.3.
  init(
    _ reader: inout ByteReader, number: Int, limits: CheckpointLimits
  ) throws(ZipFault) {
    let byte = reader.position
    guard let fixed = Fixed(&reader), let nameRange = reader.take(fixed.nameLength),
      let extra = reader.take(fixed.extraLength), reader.take(fixed.commentLength) != nil
    else { throw .badEntry(number: number, byte: byte) }
    guard nameRange.count <= limits.nameBytes else {
      throw .nameTooLong(number: number, found: nameRange.count, limit: limits.nameBytes)
    }
    guard let nameBytes = reader.bytes.part(nameRange),
      let name = String(validating: nameBytes, as: UTF8.self)
    else { throw .nameNotText(number: number) }
    // Bits 0, 6 and 13 are the three ways to encrypt.
    guard fixed.flags & 0x2041 == 0 else { throw .encrypted(name) }
    guard let method = Method(rawValue: fixed.method) else {
      throw .method(name, found: fixed.method)
    }
    var wide = try Zip64Fields(ByteReader(reader.bytes, extra), name: name)
    size = try wide.value(fixed.size)
    compressedSize = try wide.value(fixed.compressedSize)
    headerPlace = try wide.value(fixed.headerPlace)
    guard fixed.disk == 0 || fixed.disk == 0xFFFF else { throw .severalDisks }
    self.name = name
    self.method = method
    checksum = fixed.checksum
  }

  /// The parts of an entry that are always there.
  private struct Fixed {
    var flags: UInt16
    var method: UInt16
    var checksum: UInt32
    var compressedSize: UInt32
    var size: UInt32
    var nameLength: Int
    var extraLength: Int
    var commentLength: Int
    var disk: UInt16
    var headerPlace: UInt32

    init?(_ reader: inout ByteReader) {
      guard reader.little(UInt32.self) == 0x0201_4B50, reader.take(4) != nil,
        let flags = reader.little(UInt16.self), let method = reader.little(UInt16.self),
        reader.take(4) != nil, let checksum = reader.little(UInt32.self),
        let compressedSize = reader.little(UInt32.self), let size = reader.little(UInt32.self),
        let nameLength = reader.little(UInt16.self), let extraLength = reader.little(UInt16.self),
        let commentLength = reader.little(UInt16.self), let disk = reader.little(UInt16.self),
        reader.take(6) != nil, let headerPlace = reader.little(UInt32.self)
      else { return nil }
      self.flags = flags
      self.method = method
      self.checksum = checksum
      self.compressedSize = compressedSize
      self.size = size
      self.nameLength = Int(nameLength)
      self.extraLength = Int(extraLength)
      self.commentLength = Int(commentLength)
      self.disk = disk
      self.headerPlace = headerPlace
    }
  }
}

/// The extra field that holds what doesn't fit into 32 bits.
private struct Zip64Fields {
  private var reader: ByteReader?
  private let name: String

  init(_ extra: ByteReader, name: String) throws(ZipFault) {
    self.name = name
    var extra = extra
    while extra.left > 0 {
      guard let id = extra.little(UInt16.self), let length = extra.little(UInt16.self),
        let range = extra.take(Int(length))
      else { throw .badZip64(name) }
      if id == 1 { reader = ByteReader(extra.bytes, range) }
    }
  }

  /// The next wide value when the narrow one says that there is one.
  mutating func value(_ narrow: UInt32) throws(ZipFault) -> UInt64 {
    guard narrow == .max else { return UInt64(narrow) }
    guard let wide = reader?.little(UInt64.self) else { throw .badZip64(name) }
    return wide
  }
}

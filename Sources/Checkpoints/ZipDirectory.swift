/// The members of a zip archive and where their bytes are; every claim of place and size is checked.
struct ZipDirectory {
  /// Deflate makes at most 1032 bytes of one.
  static let greatestRatio: UInt64 = 1032

  /// In the order of the directory.
  private(set) var members: [ZipMember] = []
  /// Of each member's bytes as they are in the file.
  private(set) var places: [ByteRange] = []

  init(_ bytes: UnsafeRawBufferPointer, limits: CheckpointLimits) throws(ZipFault) {
    let end = try ZipEnd(bytes, limits: limits)
    var reader = ByteReader(bytes, end.directory)
    while reader.left > 0 {
      let number = members.count + 1
      guard number <= end.memberCount else {
        throw .memberCount(claimed: UInt64(end.memberCount), found: number)
      }
      members.append(try ZipMember(&reader, number: number, limits: limits))
    }
    guard members.count == end.memberCount else {
      throw .memberCount(claimed: UInt64(end.memberCount), found: members.count)
    }
    try checkNames()
    try checkSizes(limits)
    for member in members {
      places.append(try Self.place(of: member, bytes, before: end.directory.start))
    }
    try checkOverlaps()
  }

  private func checkNames() throws(ZipFault) {
    var names: Set<String> = []
    for member in members where !names.insert(member.name).inserted {
      throw .repeatedName(member.name)
    }
  }

  private func checkSizes(_ limits: CheckpointLimits) throws(ZipFault) {
    var inflated: UInt64 = 0
    for member in members {
      switch member.method {
      case .stored:
        guard member.compressedSize == member.size else {
          throw .storedSize(member.name, stored: member.compressedSize, size: member.size)
        }
      case .deflated:
        guard member.size / Self.greatestRatio <= member.compressedSize else {
          throw .ratio(member.name, compressed: member.compressedSize, size: member.size)
        }
        let (sum, overflow) = inflated.addingReportingOverflow(member.size)
        inflated = overflow ? .max : sum
      }
    }
    guard inflated <= UInt64(limits.inflatedBytes) else {
      throw .inflatesTooFar(size: inflated, limit: limits.inflatedBytes)
    }
  }

  /// Where a member's bytes are, by its local header, which must name the same member.
  private static func place(
    of member: ZipMember, _ bytes: UnsafeRawBufferPointer, before end: Int
  ) throws(ZipFault) -> ByteRange {
    let fault = ZipFault.localHeader(member.name, byte: member.headerPlace)
    guard let start = Int(exactly: member.headerPlace), start < end else { throw fault }
    var reader = ByteReader(bytes, ByteRange(start, end - start))
    guard reader.little(UInt32.self) == 0x0403_4B50, reader.take(22) != nil,
      let nameLength = reader.little(UInt16.self), let extraLength = reader.little(UInt16.self),
      let name = reader.take(Int(nameLength)).flatMap(bytes.part),
      name.elementsEqual(member.name.utf8), reader.take(Int(extraLength)) != nil
    else { throw fault }
    guard let size = Int(exactly: member.compressedSize), let place = reader.take(size) else {
      throw .outside(
        member.name, start: UInt64(reader.position), size: member.compressedSize, end: end)
    }
    return place
  }

  private func checkOverlaps() throws(ZipFault) {
    let order = members.indices.sorted {
      (members[$0].headerPlace, places[$0].start) < (members[$1].headerPlace, places[$1].start)
    }
    for (first, second) in zip(order, order.dropFirst()) {
      let end = places[first].start + places[first].count
      guard members[second].headerPlace >= UInt64(end) else {
        throw .overlap(members[first].name, members[second].name)
      }
    }
  }
}

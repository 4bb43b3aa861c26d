/// A zip archive whose every claim can be a lie.
struct ZipDraft {
  struct Member {
    var name: [UInt8]
    /// As they are in the file.
    var bytes: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
    var checksum: UInt32
    var compressedSize: UInt32
    var size: UInt32
    var extra: [UInt8] = []
    /// In the local header, when it is another.
    var localName: [UInt8]?
    /// Where the directory says that the local header is, when it isn't there.
    var headerPlace: UInt32?

    /// A member that is stored.
    init(_ name: String, _ content: [UInt8]) {
      self.name = Array(name.utf8)
      bytes = content
      checksum = CheckpointsTests.checksum(content)
      compressedSize = UInt32(content.count)
      size = UInt32(content.count)
    }

    /// A member that is deflated.
    init(_ name: String, deflating content: [UInt8]) {
      self.init(name, content)
      bytes = deflated(content)
      method = 8
      compressedSize = UInt32(bytes.count)
    }

    /// The same with a change.
    func with(_ change: (inout Member) -> Void) -> Member {
      var member = self
      change(&member)
      return member
    }
  }

  var members: [Member]
  /// What the end record says, when it lies.
  var memberCount: UInt16?
  var directorySize: UInt32?
  var directoryStart: UInt32?
  var disk: UInt16 = 0
  /// Bytes between the directory and the end record: the records of zip64.
  var beforeEnd: @Sendable (_ directory: (start: Int, size: Int)) -> [UInt8] = { _ in [] }

  init(_ members: Member...) { self.members = members }

  func with(_ change: (inout ZipDraft) -> Void) -> ZipDraft {
    var draft = self
    change(&draft)
    return draft
  }

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var places: [UInt32] = []
    for member in members {
      places.append(UInt32(file.count))
      let name = member.localName ?? member.name
      file += .little(0x0403_4B50 as UInt32) + .little(20 as UInt16) + .little(member.flags)
      file += .little(member.method) + .little(0 as UInt32) + .little(member.checksum)
      file += .little(member.compressedSize) + .little(member.size)
      file += .little(UInt16(name.count)) + .little(0 as UInt16) + name + member.bytes
    }
    let start = file.count
    for (member, place) in zip(members, places) { file += entry(member, place) }
    let size = file.count - start
    file += beforeEnd((start, size))
    let count = UInt16(truncatingIfNeeded: members.count)
    file += .little(0x0605_4B50 as UInt32) + .little(disk) + .little(disk)
    file += .little(memberCount ?? count) + .little(memberCount ?? count)
    file += .little(directorySize ?? UInt32(size)) + .little(directoryStart ?? UInt32(start))
    return file + .little(0 as UInt16)
  }

  private func entry(_ member: Member, _ place: UInt32) -> [UInt8] {
    var entry: [UInt8] =
      .little(0x0201_4B50 as UInt32) + .little(20 as UInt16) + .little(20 as UInt16)
    entry += .little(member.flags) + .little(member.method) + .little(0 as UInt32)
    entry += .little(member.checksum) + .little(member.compressedSize) + .little(member.size)
    entry += .little(UInt16(member.name.count)) + .little(UInt16(member.extra.count))
    entry +=
      .little(0 as UInt16) + .little(0 as UInt16) + .little(0 as UInt16) + .little(0 as UInt32)
    return entry + .little(member.headerPlace ?? place) + member.name + member.extra
  }

  /// The end records of zip64, with these claims.
  static func zip64End(
    count: UInt64, size: UInt64, start: UInt64, at place: Int
  ) -> [UInt8] {
    var record: [UInt8] = .little(0x0606_4B50 as UInt32) + .little(44 as UInt64)
    record += .little(45 as UInt16) + .little(45 as UInt16) + .little(0 as UInt32)
    record += .little(0 as UInt32) + .little(count) + .little(count) + .little(size)
    record += .little(start)
    let locator: [UInt8] =
      .little(0x0706_4B50 as UInt32) + .little(0 as UInt32) + .little(UInt64(place))
      + .little(1 as UInt32)
    return record + locator
  }
}

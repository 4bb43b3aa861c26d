import Glibc

/// What a ``DigestStore`` keeps under one digest.
package struct KeptEntry: Hashable, Sendable {
  /// A line of `marks`.
  struct Mark: Hashable {
    var size: Int
    var mtimeNanoseconds: Int
    var ctimeNanoseconds: Int
    var inode: UInt
    var sha256: String
    var name: String
  }

  /// Absolute folder of the entry.
  package let path: String

  package init(_ path: String) { self.path = path }

  /// The folder with the files.
  package var content: String { "\(path)/content" }
  private var marks: String { "\(path)/marks" }

  /// The first file that is not what was kept; nil when all are.
  ///
  /// A file that looks as it did is believed. One that doesn't, or any after a restart of the machine, which may have lost
  /// what was not on disk yet, is read once more.
  package func firstWrong(beat: () -> Void = {}) throws(FileError) -> String? {
    let text: [UInt8]
    do throws(FileError) { text = try Files.read(marks, limit: 64 << 20) } catch {
      if error.isMissing { return "marks" }
      throw error
    }
    guard let (boot, known) = Self.parse(String(decoding: text, as: UTF8.self)) else {
      return "marks"
    }
    let isSameBoot = boot == Self.bootID
    var isChanged = false
    var now: [Mark] = []
    for mark in known {
      guard let found = Self.look(at: content, mark.name, sha256: mark.sha256) else {
        return mark.name
      }
      now.append(found)
      if found == mark, isSameBoot { continue }
      isChanged = true
      guard found.size == mark.size,
        try SHA256.hexDigest(ofFile: "\(content)/\(mark.name)", beat: beat) == mark.sha256
      else { return mark.name }
    }
    // Whoever can't write them down reads the files again next time.
    if isChanged { try? write(now) }
    return nil
  }

  func write(_ marks: [Mark]) throws(FileError) {
    let lines = marks.map {
      "\($0.size) \($0.mtimeNanoseconds) \($0.ctimeNanoseconds) \($0.inode) \($0.sha256) \($0.name)\n"
    }
    let fresh = "\(self.marks).\(getpid())"
    let file = try OpenFile(fresh, O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(Array("\(Self.bootID)\n\(lines.joined())".utf8))
    try Files.rename(fresh, self.marks)
  }

  static func look(at folder: String, _ name: String, sha256: String) -> Mark? {
    guard let found = Files.status("\(folder)/\(name)"), found.kind == .regular else { return nil }
    return Mark(
      size: found.size, mtimeNanoseconds: found.mtimeNanoseconds,
      ctimeNanoseconds: found.ctimeNanoseconds, inode: found.inode, sha256: sha256, name: name)
  }

  private static func parse(_ text: String) -> (boot: String, marks: [Mark])? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines.removeLast().isEmpty else { return nil }
    let boot = String(lines.removeFirst())
    var marks: [Mark] = []
    for line in lines {
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
      guard fields.count == 6, let size = Int(fields[0]), let mtime = Int(fields[1]),
        let ctime = Int(fields[2]), let inode = UInt(fields[3])
      else { return nil }
      marks.append(
        Mark(
          size: size, mtimeNanoseconds: mtime, ctimeNanoseconds: ctime, inode: inode,
          sha256: String(fields[4]), name: String(fields[5])))
    }
    return (boot, marks)
  }

  /// Changes with every start of the machine; empty where the kernel doesn't say.
  private static let bootID: String = {
    let bytes = (try? Files.read("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
    return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
  }()
}

import CSystemCalls
import Glibc

/// Makes an entry of a ``DigestStore``: by hard link where nobody can write to the original, else by a copy, which shares
/// its blocks where the filesystem can.
package struct DigestCopy {
  /// A file of this size is copied only where at least as much room is left as it takes.
  ///
  /// Where there is less it is linked even though somebody may write into it later; its digest gives that away.
  private static let largeBytes = 256 << 20
  /// Neighbours that get a link at most.
  private static let mostNeighbours = 512
  /// Room that a copy leaves on the disk; a smaller file leaves as much as it takes.
  private static let reserveBytes = 64 << 20

  private let parts: [DigestStore.Part]
  private let source: String
  private let target: String
  private let freeBytes: (String) -> Int?
  private let beat: () -> Void

  /// - Parameters:
  ///   - parts: All files.
  ///   - source: Folder of the originals.
  ///   - target: Folder of the entry, which does not exist yet.
  ///   - freeBytes: Room on the disk of a path.
  ///   - beat: Called while a large file is read.
  package init(
    parts: [DigestStore.Part], source: String, target: String,
    freeBytes: @escaping (String) -> Int? = { Files.freeBytes(at: $0) },
    beat: @escaping () -> Void
  ) {
    self.parts = parts
    self.source = source
    self.target = target
    self.freeBytes = freeBytes
    self.beat = beat
  }

  /// Makes the entry.
  ///
  /// - Parameter withNeighbours: Whether what else is beside the originals gets links.
  /// - Throws: ``DigestStore/Fault``; what was made so far is left there.
  package func make(withNeighbours: Bool) throws(DigestStore.Fault) {
    let entry = KeptEntry(target)
    do throws(FileError) {
      try Files.makeDirectory(entry.content)
      _ = try OpenFile("\(target)/users", O_WRONLY | O_CREAT)
    } catch {
      throw .file(error)
    }
    var marks: [KeptEntry.Mark] = []
    for part in parts {
      let path = "\(entry.content)/\(part.name)"
      let found: String
      do throws(FileError) {
        try Files.makeDirectory(AtomicFile.parent(of: path))
        try take("\(source)/\(part.name)", to: path)
        found = try SHA256.hexDigest(ofFile: path, beat: beat)
      } catch {
        throw .file(error)
      }
      guard found == part.sha256 else { throw .other(name: part.name, found: found) }
      guard let mark = KeptEntry.look(at: entry.content, part.name, sha256: found) else {
        throw .file(FileError("look at", path, ENOENT))
      }
      marks.append(mark)
    }
    do throws(FileError) {
      if withNeighbours { try linkNeighbours(in: entry.content) }
      try entry.write(marks)
    } catch {
      throw .file(error)
    }
  }

  private func take(_ original: String, to path: String) throws(FileError) {
    let file = try OpenFile(reading: original)
    var found = stat()
    guard fstat(file.descriptor, &found) == 0 else { throw FileError("look at", original, errno) }
    let isSafe = found.st_mode & 0o222 == 0
    if isSafe, link(file, found, to: path) { return }
    let copy = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, permissions: 0o444)
    if lattice_share_blocks(file.descriptor, copy.descriptor) == 0 { return }
    let size = Int(found.st_size)
    let room = (freeBytes(target) ?? .max) - min(size, Self.reserveBytes)
    if size >= Self.largeBytes, size > room / 2 {
      unlink(path)
      if link(file, found, to: path) { return }
    }
    guard size <= room else { throw FileError("copy", original, ENOSPC) }
    try copy.append(allOf: file)
  }

  /// Links the very file that is open; false where that can't be done.
  private func link(_ file: OpenFile, _ found: stat, to path: String) -> Bool {
    guard linkat(AT_FDCWD, file.path, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else { return false }
    if let linked = Files.status(path), linked.inode == UInt(found.st_ino) { return true }
    unlink(path)
    return false
  }

  /// Symbolic links to what else is beside the original, for a library that looks there for others.
  private func linkNeighbours(in content: String) throws(FileError) {
    let names = try Files.names(in: source)
    guard names.count <= Self.mostNeighbours else { return }
    for name in names
    where symlink("\(source)/\(name)", "\(content)/\(name)") != 0 && errno != EEXIST {
      throw FileError("link", "\(content)/\(name)", errno)
    }
  }
}

import CSystemCalls
package import FileNames
import Glibc

/// A folder held by its descriptor: names are looked up in it whatever becomes of its path, and never above it.
package final class HeldFolder: Sendable {
  /// Tells a folder from every other that may come to have its path; stays the same over restarts of the machine.
  package struct Identity: Hashable, Sendable {
    package var inode: UInt64
    /// Nil where the filesystem doesn't say.
    package var birthNanoseconds: Int?

    package init(inode: UInt64, birthNanoseconds: Int?) {
      self.inode = inode
      self.birthNanoseconds = birthNanoseconds
    }
  }

  private let file: OpenFile

  private init(_ file: OpenFile) { self.file = file }

  /// Opens a folder by its path, links followed.
  package convenience init(_ path: String) throws(FileError) {
    self.init(try OpenFile(path, O_RDONLY | O_DIRECTORY))
  }

  /// How messages name it.
  package var path: String { file.path }

  package var identity: Identity {
    get throws(FileError) {
      var found = stat()
      guard fstat(file.descriptor, &found) == 0 else { throw FileError("look at", path, errno) }
      let birth = Int(lattice_birth_nanoseconds(file.descriptor))
      return Identity(inode: UInt64(found.st_ino), birthNanoseconds: birth > 0 ? birth : nil)
    }
  }

  /// A folder inside, at any depth; its own with an empty name.
  ///
  /// - Parameters:
  ///   - name: Parts with slashes between them; no `..`.
  ///   - isMade: Whether what is missing of it is made, as the umask allows; it survives a power cut then.
  ///   - followsLinks: Whether a symbolic link that stays inside is taken for a folder.
  /// - Returns: The folder, held on its own.
  /// - Throws: ``FileError``; `EXDEV` for what would lead outside, `ELOOP` for a link where none is allowed.
  package func folder(
    _ name: FileName, isMade: Bool = false, followsLinks: Bool = true
  ) throws(FileError) -> HeldFolder {
    let whole = name.isEmpty ? path : shown(name)
    let found = name.withSystemPath {
      lattice_open_beneath(file.descriptor, $0, O_RDONLY | O_DIRECTORY, followsLinks ? 1 : 0)
    }
    if found >= 0 { return HeldFolder(OpenFile(owning: found, path: whole)) }
    guard isMade, found == -ENOENT, !name.isEmpty else { throw FileError("open", whole, -found) }
    let parent = try folder(
      Self.parent(of: name), isMade: true, followsLinks: followsLinks)
    let code = name.lastComponent.withSystemPath {
      mkdirat(parent.file.descriptor, $0, 0o777) == 0 ? 0 : errno
    }
    guard code == 0 || code == EEXIST else { throw FileError("make folder", whole, code) }
    if code == 0 { try parent.sync() }
    return try folder(name, isMade: false, followsLinks: followsLinks)
  }

  /// Opens a file that is right inside; a symbolic link is refused.
  package func open(
    _ name: FileName, _ flags: Int32, permissions: UInt32 = 0o666
  ) throws(FileError) -> OpenFile {
    let whole = shown(name)
    let (number, code) = name.withSystemPath {
      let number = openat(file.descriptor, $0, flags | O_NOFOLLOW | O_CLOEXEC, permissions)
      return (number, errno)
    }
    guard number >= 0 else {
      throw FileError(flags & O_CREAT != 0 ? "create" : "open", whole, code)
    }
    return OpenFile(owning: number, path: whole)
  }

  /// True when something of this name is right inside.
  package func holds(_ name: FileName) -> Bool {
    var found = stat()
    return name.withSystemPath { fstatat(file.descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) } == 0
  }

  /// Moves something from another folder, on the same disk, into this one.
  ///
  /// - Returns: False when the name is taken and must not be replaced.
  /// - Throws: ``FileError``; `EXDEV` when the disks differ.
  package func take(
    _ name: FileName, from source: HeldFolder, as newName: FileName, isReplaced: Bool
  ) throws(FileError) -> Bool {
    let result = name.withSystemPath { old in
      newName.withSystemPath { new in
        lattice_rename_at(
          source.file.descriptor, old, file.descriptor, new, isReplaced ? 1 : 0)
      }
    }
    if result == -EEXIST, !isReplaced { return false }
    guard result == 0 else { throw FileError("rename", source.shown(name), -result) }
    SyncRecord.note(.rename, shown(newName))
    return true
  }

  /// Removes a file, or an empty folder; nothing there is fine.
  package func remove(_ name: FileName, isFolder: Bool = false) throws(FileError) {
    let code = name.withSystemPath {
      unlinkat(file.descriptor, $0, isFolder ? AT_REMOVEDIR : 0) == 0 ? 0 : errno
    }
    guard code == 0 || code == ENOENT else { throw FileError("remove", shown(name), code) }
  }

  /// What is right inside, sorted.
  package func names() throws(FileError) -> [FileName] {
    try Files.entries(in: FileName("/proc/self/fd/\(file.descriptor)"))
  }

  /// Makes renames, creations and removals in it survive a power cut.
  package func sync() throws(FileError) { try file.sync() }

  private func shown(_ name: FileName) -> String { "\(path)/\(name.text ?? name.shown)" }

  private static func parent(of name: FileName) -> FileName {
    name.bytes.contains(FileName.slash) ? name.parent : ""
  }
}

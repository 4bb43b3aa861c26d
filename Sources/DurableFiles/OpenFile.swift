import CSystemCalls
package import FileNames
import Glibc

/// An open file that is closed when nobody holds it any more.
package final class OpenFile: Sendable {
  package let descriptor: Int32
  /// For people where the name isn't UTF-8.
  package let path: String

  /// Opens `path`; close-on-exec is added.
  ///
  /// - Throws: ``FileError`` of step "open", or "create" when `flags` hold `O_CREAT`.
  package convenience init(
    _ path: String, _ flags: Int32, permissions: UInt32 = 0o644
  ) throws(FileError) {
    try self.init(path, shownAs: path, flags, permissions)
  }

  /// Opens a file by the bytes of its name.
  package convenience init(
    _ path: FileName, _ flags: Int32, permissions: UInt32 = 0o644
  ) throws(FileError) {
    try self.init(path, shownAs: path.text ?? path.shown, flags, permissions)
  }

  private init(
    _ path: some SystemPath, shownAs text: String, _ flags: Int32, _ permissions: UInt32
  ) throws(FileError) {
    let (descriptor, code) = path.withSystemPath {
      let descriptor = open($0, flags | O_CLOEXEC, permissions)
      return (descriptor, errno)
    }
    guard descriptor >= 0 else {
      throw FileError(flags & O_CREAT != 0 ? "create" : "open", text, code)
    }
    self.descriptor = descriptor
    self.path = text
  }

  /// Opens a file that anybody may have put there, to read it: never waits, and takes nothing but a regular file.
  ///
  /// Opening a named pipe would wait for a writer, and a device can do anything.
  ///
  /// - Throws: ``FileError`` of step "read" that says what is there instead.
  package convenience init(reading path: String) throws(FileError) {
    try self.init(reading: path, shownAs: path)
  }

  /// Opens a file by the bytes of its name, as `init(reading:)` of a text does.
  package convenience init(reading path: FileName) throws(FileError) {
    try self.init(reading: path, shownAs: path.text ?? path.shown)
  }

  private init(reading name: some SystemPath, shownAs path: String) throws(FileError) {
    let (descriptor, code) = name.withSystemPath {
      let descriptor = open($0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      return (descriptor, errno)
    }
    guard descriptor >= 0 else {
      // A socket can't be opened at all.
      throw FileError("open", path, code, found: code == ENXIO ? "a socket" : nil)
    }
    var found = stat()
    guard fstat(descriptor, &found) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError("open", path, code)
    }
    if let kind = FileKind.name(ofMode: found.st_mode) {
      close(descriptor)
      throw FileError("read", path, kind == FileKind.folder ? EISDIR : EINVAL, found: kind)
    }
    self.descriptor = descriptor
    self.path = path
  }

  /// Takes over a descriptor that is open already.
  package init(owning descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Reads bytes at the file's position.
  ///
  /// - Returns: How many: at most the buffer's, 0 at the end.
  package func read(into buffer: inout [UInt8]) throws(FileError) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileError("read", path, errno) }
    }
  }

  /// Writes all bytes at the file's position.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("write", path, errno)
      }
      done += count
    }
  }

  package func write(_ bytes: [UInt8]) throws(FileError) {
    var failure: FileError?
    bytes.withUnsafeBytes { buffer in
      do throws(FileError) { try write(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes the rest of another file at the file's position.
  package func append(allOf source: OpenFile) throws(FileError) {
    let copied = lattice_copy_all(source.descriptor, descriptor)
    guard copied >= 0 else { throw FileError("write", path, Int32(-copied)) }
  }

  /// Makes what was written survive a power cut.
  package func sync() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("sync", path, errno) }
    SyncRecord.note(.sync, path)
  }
}

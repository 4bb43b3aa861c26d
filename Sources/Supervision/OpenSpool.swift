package import DurableFiles
package import JobModel

/// A spool that belongs to this process for as long as the value lives.
package final class OpenSpool {
  package let folder: SpoolFolder
  private let lock: FileLock

  /// Seconds that the lock of a daemon killed in the middle of starting a worker may outlive it.
  private static let patience = 2.0

  private init(_ folder: SpoolFolder, _ lock: FileLock) {
    self.folder = folder
    self.lock = lock
  }

  /// Makes the spool's folders where they are missing and takes its lock.
  ///
  /// - Throws: ``SpoolError`` when another daemon has it, or it is of another layout, or can't be written.
  package static func open(_ folder: SpoolFolder) throws(SpoolError) -> OpenSpool {
    do throws(FileError) {
      for directory in folder.directories {
        try Files.makeDirectory(directory, isDurable: true)
      }
    } catch {
      throw .unusable(folder.path, error)
    }
    let lock: FileLock?
    do throws(FileError) {
      lock = try FileLock.acquire(folder.daemonLock, patience: patience)
    } catch {
      throw .unusable(folder.path, error)
    }
    guard let lock else {
      throw .taken(folder.path, pid: FileLock.holder(of: folder.daemonLock))
    }
    try checkVersion(folder)
    return OpenSpool(folder, lock)
  }

  private static func checkVersion(_ folder: SpoolFolder) throws(SpoolError) {
    let bytes: [UInt8]
    do throws(FileError) {
      guard Files.exists(folder.versionFile) else {
        return try AtomicFile.write(Array("\(SpoolFolder.version)\n".utf8), to: folder.versionFile)
      }
      bytes = try Files.read(folder.versionFile, limit: 64 << 10)
    } catch {
      throw .unusable(folder.path, error)
    }
    let found = String(decoding: bytes.prefix(64), as: UTF8.self).prefix { !$0.isNewline }
    guard Int(found) == SpoolFolder.version else {
      throw .otherVersion(folder.path, found: String(found))
    }
  }
}

/// A spool that can't be served.
package enum SpoolError: Error, Hashable, CustomStringConvertible {
  case taken(String, pid: Int32?)
  case otherVersion(String, found: String)
  case unusable(String, FileError)

  package var description: String {
    switch self {
    case .taken(let path, let pid):
      "spool '\(path)' is served by another latticed already"
        + (pid.map { ", process \($0)" } ?? "") + "; stop that one or choose another --spool"
    case .otherVersion(let path, let found):
      """
      spool '\(path)' has layout \(found), this latticed knows \(SpoolFolder.version); \
      use the latticed that made it, or another --spool
      """
    case .unusable(let path, let error): "can't use spool '\(path)': \(error)"
    }
  }
}

import Glibc

/// Room on the disk of a folder.
package enum DiskSpace {
  /// Bytes an ordinary user may still write there, or nil when that can't be known.
  ///
  /// A folder that does not exist yet is answered for by the nearest one above it that does.
  package static func freeBytes(at path: String) -> Int? {
    var path = path
    while true {
      var information = statvfs()
      if statvfs(path, &information) == 0 {
        return Int(information.f_bavail) * Int(information.f_frsize)
      }
      guard errno == ENOENT || errno == ENOTDIR, let slash = path.lastIndex(of: "/") else {
        return nil
      }
      if path == "/" { return nil }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }
}

/// Whether there is room for a job, and what to tell a person when there is not.
package struct DiskNeed: Hashable, Sendable {
  package var folder: String
  package var freeBytes: Int
  package var neededBytes: Int

  package init(folder: String, freeBytes: Int, neededBytes: Int) {
    self.folder = folder
    self.freeBytes = freeBytes
    self.neededBytes = neededBytes
  }

  /// The first of `folders` that has less than `reserve` bytes free.
  package static func missing(
    in folders: [String], reserve: Int, freeBytes: (String) -> Int?
  ) -> DiskNeed? {
    for folder in folders {
      if let free = freeBytes(folder), free < reserve {
        return DiskNeed(folder: folder, freeBytes: free, neededBytes: reserve)
      }
    }
    return nil
  }

  package var sentence: String {
    let short = Watchdog.bytes(neededBytes - freeBytes)
    return "the disk of '\(folder)' is full: \(Watchdog.bytes(freeBytes)) free, "
      + "\(Watchdog.bytes(neededBytes)) needed; free \(short) more and the job goes on by itself"
  }
}

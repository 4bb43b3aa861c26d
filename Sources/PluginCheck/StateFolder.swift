import DurableFiles
import FileNames
import Glibc
import JobModel

/// The folder that a stage saved its state in.
enum StateFolder {
  /// By path below it, the bytes of every file.
  static func contents(of folder: String) throws(FileError) -> [FileName: [UInt8]] {
    var found: [FileName: [UInt8]] = [:]
    try add(folder, below: "", to: &found)
    return found
  }

  private static func add(
    _ folder: String, below prefix: String, to found: inout [FileName: [UInt8]]
  ) throws(FileError) {
    for name in try Files.names(in: folder) {
      var status = stat()
      let path = "\(folder)/\(name)"
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        try add(path, below: "\(prefix)\(name)/", to: &found)
      } else {
        found[FileName("\(prefix)\(name)")] = try Files.read(path)
      }
    }
  }
}

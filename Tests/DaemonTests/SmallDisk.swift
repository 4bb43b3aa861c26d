import Foundation
import Testing

/// A filesystem of its own, of a few megabytes.
final class SmallDisk {
  let path: String

  /// Mounts one, in a new folder unless one is named; nil where that is not allowed.
  static func make(bytes: Int, at place: String? = nil) -> SmallDisk? {
    let path =
      place
      ?? FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path()
    mkdir(path, 0o777)
    guard call("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", path]) == 0 else {
      rmdir(path)
      return nil
    }
    return SmallDisk(path)
  }

  private init(_ path: String) { self.path = path }

  deinit {
    _ = Self.call("/usr/bin/umount", ["-l", path])
    rmdir(path)
  }

  /// Fills it.
  func fill(butFor bytes: Int = 0) throws {
    let file = open("\(path)/filler", O_WRONLY | O_CREAT, 0o644)
    try #require(file >= 0)
    defer { close(file) }
    let block = [UInt8](repeating: 7, count: 4096)
    var size = 0
    while true {
      let count = block.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      size += count
    }
    ftruncate(file, size - bytes)
  }

  func makeReadOnly() -> Bool {
    Self.call("/usr/bin/mount", ["-o", "remount,ro", path]) == 0
  }

  /// Whether it was filled and not freed since.
  var isFilled: Bool { access("\(path)/filler", F_OK) == 0 }

  func free() { unlink("\(path)/filler") }

  private static func call(_ program: String, _ arguments: [String]) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

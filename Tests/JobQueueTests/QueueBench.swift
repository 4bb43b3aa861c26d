import DurableFiles
import Foundation
import JobModel
import JobQueue

/// A spool that goes away with the test.
final class QueueBench {
  let spool: SpoolFolder
  var queue: JobQueue { JobQueue(spool: spool) }

  init() throws {
    spool = SpoolFolder(
      path: FileManager.default.temporaryDirectory.appending(path: "queue-\(UUID().uuidString)")
        .path())
    for folder in spool.directories {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: spool.path) }

  func drop(_ name: String, _ text: String = "version: 1\n") throws {
    try Data(text.utf8).write(to: URL(filePath: "\(spool.incoming)/\(name)"))
  }

  func newID() -> JobID {
    var generator = SystemRandomNumberGenerator()
    return JobID(at: 1_790_000_000, using: &generator)
  }

  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}

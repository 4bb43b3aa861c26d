import DurableFiles
import FoundationEssentials
import Glibc
import JobModel

/// The metrics of a task: JSON lines, each written whole, that go on where an earlier attempt stopped.
final class MetricsLog: Sendable {
  private let file: OpenFile

  /// Opens the file for appending; a line that a dying process left unfinished is ended first.
  init(_ path: String) throws(FileError) {
    try Files.makeDirectory(AtomicFile.parent(of: path))
    file = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND)
    let size = lseek(file.descriptor, 0, SEEK_END)
    guard size > 0 else { return }
    var last: UInt8 = 0
    guard pread(file.descriptor, &last, 1, size - 1) == 1 else {
      throw FileError("read", path, errno)
    }
    if last != UInt8(ascii: "\n") { try file.write([UInt8(ascii: "\n")]) }
  }

  func write(_ line: MetricLine) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(line) else { return }
    try file.write(Array(bytes) + [UInt8(ascii: "\n")])
  }
}

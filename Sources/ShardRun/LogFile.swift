import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
import JobModel
import Synchronization

/// A log of JSON lines, one write a line, capped so that a chatty stage can't fill the disk.
final class LogFile: Sendable {
  private static let limitBytes = 64 << 20

  private let file: OpenFile?
  private let stage: String?
  private let written = Atomic<Int>(0)

  /// Opens `path` for appending; a log that can't be opened is kept nowhere rather than failing the work.
  init(_ path: String, stage: String?) {
    file = try? OpenFile(path, O_WRONLY | O_CREAT | O_APPEND)
    self.stage = stage
  }

  func write(
    _ level: LogLine.Level, _ message: String, item: FileName? = nil, fields: JSONValue? = nil
  ) {
    let line = LogLine(
      milliseconds: WallClock.milliseconds, level: level, stage: stage, item: item,
      message: message, fields: fields)
    guard let file, let data = try? JSONEncoder().encode(line) else { return }
    var bytes = Array(ShownJSON.text(String(decoding: data, as: UTF8.self)).utf8)
    bytes.append(UInt8(ascii: "\n"))
    let before = written.wrappingAdd(bytes.count, ordering: .relaxed).oldValue
    guard before < Self.limitBytes else { return }
    if before + bytes.count >= Self.limitBytes {
      let note = LogLine(
        milliseconds: line.milliseconds, level: .warning, stage: stage,
        message: "the log has reached \(Self.limitBytes >> 20) MiB; nothing more is written to it")
      bytes = Array((try? JSONEncoder().encode(note)) ?? Data())
      bytes.append(UInt8(ascii: "\n"))
    }
    try? file.write(bytes)
  }
}

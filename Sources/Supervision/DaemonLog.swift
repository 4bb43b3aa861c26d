import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel

/// Tells what the daemon does: one line an event, on standard error and in a file that never grows too large.
package final class DaemonLog {
  package enum Format: String, Sendable, CaseIterable { case text, json }

  /// Bytes at which the file is set aside as `NAME.1` and a new one is begun.
  package static let largestFile = 4 << 20

  private let format: Format
  private let path: String?
  private let printsToStandardError: Bool
  private var file: Descriptor?
  private var size = 0

  /// Makes a log.
  ///
  /// - Parameters:
  ///   - format: Of standard error; the file is JSON lines always.
  ///   - path: The file; nil for none.
  ///   - printsToStandardError: False for a run inside another program.
  package init(format: Format, path: String?, printsToStandardError: Bool) {
    self.format = format
    self.path = path
    self.printsToStandardError = printsToStandardError
    openFile()
  }

  /// Writes one line.
  package func write(_ message: String, level: LogLine.Level = .info, job: JobID? = nil) {
    let milliseconds = WallClock.milliseconds
    if printsToStandardError {
      let line =
        format == .text
        ? text(milliseconds, level, job, message) : json(milliseconds, level, job, message)
      put(line, into: STDERR_FILENO)
    }
    guard let file else { return }
    let line = json(milliseconds, level, job, message)
    put(line, into: file.number)
    size += line.utf8.count
    if size >= Self.largestFile { rotate() }
  }

  private func text(_ time: Int, _ level: LogLine.Level, _ job: JobID?, _ message: String) -> String
  {
    let moment = CivilTime(secondsSince1970: time / 1000).iso8601
    let mark = level == .info || level == .debug ? "" : "\(level.rawValue): "
    let flat = message.shownLines.replacing("\n", with: "\n    ")
    return "\(moment) \(job.map { "\($0) " } ?? "")\(mark)\(flat)\n"
  }

  private func json(_ time: Int, _ level: LogLine.Level, _ job: JobID?, _ message: String) -> String
  {
    let fields = job.map { JSONValue.object(["job": .string($0.text)]) }
    let line = LogLine(milliseconds: time, level: level, message: message, fields: fields)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return "" }
    return ShownJSON.text(String(decoding: data, as: UTF8.self)) + "\n"
  }

  private func put(_ line: String, into descriptor: Int32) {
    var text = line
    text.withUTF8 { bytes in
      // A log that can't be written must not stop the daemon.
      _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }

  private func openFile() {
    guard let path else { return }
    let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard number >= 0 else { return }
    file = Descriptor(owning: number)
    size = max(0, lseek(number, 0, SEEK_END))
  }

  private func rotate() {
    guard let path else { return }
    rename(path, path + ".1")
    openFile()
  }
}

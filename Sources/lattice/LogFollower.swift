import FileNames
import Foundation
import JobModel

/// Reads a job's log files in the order of time, and goes on reading as they grow.
struct LogFollower {
  /// Which lines are wanted.
  struct Filter {
    var stage: String?
    var item: String?
    var shard: Int?
    var attempt: Int?
    /// Milliseconds since 1970.
    var since: Int?

    func wants(_ line: LogLine) -> Bool {
      (stage == nil || line.stage == stage) && isWanted(line.item)
        && (since.map { line.milliseconds >= $0 } ?? true)
    }

    /// An item is named by its id, by what messages show of it or by what JSON has.
    private func isWanted(_ name: FileName?) -> Bool {
      guard let item else { return true }
      guard let name else { return false }
      return FileName(item) == name || FileName(encoded: item) == name
        || FileName(item) == FileName(name.shown)
    }
  }

  /// A line and the file it is from.
  struct Entry {
    var shard: Int
    var attempt: Int
    var line: LogLine
  }

  private let folder: JobFolder
  private let filter: Filter
  private var offsets: [String: UInt64] = [:]

  init(folder: JobFolder, filter: Filter) {
    self.folder = folder
    self.filter = filter
  }

  /// The lines written since the last call, sorted by time.
  mutating func next() -> [Entry] {
    var entries: [Entry] = []
    for file in files() {
      for line in newLines(of: file.path) where filter.wants(line) {
        entries.append(Entry(shard: file.shard, attempt: file.attempt, line: line))
      }
    }
    return entries.sorted { $0.line.milliseconds < $1.line.milliseconds }
  }

  /// Log files of the wanted shards and attempts.
  private func files() -> [(path: String, shard: Int, attempt: Int)] {
    var files: [(path: String, shard: Int, attempt: Int)] = []
    for shardName in names(in: folder.logs) {
      guard let shard = Int(shardName.dropFirst("shard-".count)), wanted(filter.shard, shard) else {
        continue
      }
      for attemptName in names(in: "\(folder.logs)/\(shardName)") {
        guard let attempt = Int(attemptName.dropFirst("attempt-".count)),
          wanted(filter.attempt, attempt)
        else { continue }
        let directory = "\(folder.logs)/\(shardName)/\(attemptName)"
        for name in names(in: directory) where name.hasSuffix(".jsonl") {
          files.append(("\(directory)/\(name)", shard, attempt))
        }
      }
    }
    return files
  }

  private func wanted(_ choice: Int?, _ number: Int) -> Bool { choice == nil || choice == number }

  private func names(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  /// Complete lines past the last offset; a torn last line is left for the next call.
  private mutating func newLines(of path: String) -> [LogLine] {
    guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    let start = offsets[path, default: 0]
    guard (try? handle.seek(toOffset: start)) != nil, let data = try? handle.readToEnd(),
      let end = data.lastIndex(of: UInt8(ascii: "\n"))
    else { return [] }
    let whole = data[...end]
    offsets[path] = start + UInt64(whole.count)
    return whole.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(LogLine.self, from: Data($0))
    }
  }
}

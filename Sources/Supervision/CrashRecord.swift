import DurableFiles
import FileNames
import FoundationEssentials
package import JobModel

/// Keeps what is known of a failed attempt in its log folder: `failure.json` for programs, and `crash.txt`
/// for people when the worker died.
package enum CrashRecord {
  /// Lines of each log that are shown.
  private static let lastLines = 50

  /// Writes both; what can't be written is left out, for a full disk is no reason to lose the job as well.
  package static func write(_ failure: AttemptFailure, folder: JobFolder, shard: Int, attempt: Int)
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    if let data = try? encoder.encode(failure) {
      try? AtomicFile.write(Array(data), to: folder.failure(shard: shard, attempt: attempt))
    }
    switch failure.kind {
    case .crashed, .stalled, .noMemory, .timedOut:
      let text = page(failure, folder, shard, attempt)
      try? AtomicFile.write(
        Array(text.shownLines.utf8), to: folder.crash(shard: shard, attempt: attempt))
    default: break
    }
  }

  private static func page(
    _ failure: AttemptFailure, _ folder: JobFolder, _ shard: Int, _ attempt: Int
  ) -> String {
    let facts: [(String, String?)] = [
      ("What", failure.message), ("Shard", "\(shard), attempt \(attempt)"),
      ("Stage", failure.stage), ("Item", failure.itemID?.shown ?? failure.item.map(String.init)),
      ("Signal", failure.signal), ("Plugin", failure.plugin),
    ]
    var text = facts.compactMap { name, value in value.map { "\(name): \($0)\n" } }.joined()
    if !failure.stack.isEmpty {
      text += "\nStack, innermost first:\n"
      for (number, name) in failure.stack.enumerated() { text += "  \(number)  \(name)\n" }
    }
    let talk = SmallFile.tail(folder.standardError(shard: shard, attempt: attempt), limit: 16 << 10)
    text += section("Last lines of standard error", talk)
    var logs = [folder.workerLog(shard: shard, attempt: attempt)]
    if let stage = failure.stage {
      logs.append(folder.stageLog(shard: shard, attempt: attempt, stage: stage))
    }
    for log in logs {
      text += section("Last lines of \(log)", SmallFile.tail(log, limit: 16 << 10))
    }
    return text
  }

  private static func section(_ title: String, _ text: String) -> String {
    let lines = text.split(separator: "\n").suffix(lastLines)
    return lines.isEmpty ? "" : "\n\(title):\n" + lines.map { "  \($0)\n" }.joined()
  }
}

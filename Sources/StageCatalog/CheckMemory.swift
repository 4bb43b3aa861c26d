import DurableFiles
import FoundationEssentials
import Glibc
import JobModel

/// A folder that remembers what checks of stages gave, one small file a question.
///
/// A verdict holds for as long as worker and plugins are the same files, and no longer than a while: a stage may have
/// looked at a file that is another one now.
struct CheckMemory {
  /// What came of a check.
  enum Verdict: Codable {
    case answer(StageCheckResponse)
    /// A stage hung or crashed; which one, where that is known.
    case failure(String, stage: String?)
  }

  private static let seconds = 600
  /// Files at which all are removed.
  private static let limit = 1000

  private struct Content: Codable {
    var marks: [String?]
    var time: Int
    var verdict: Verdict
  }

  private let folder: String
  private let worker: String

  init(folder: String, worker: String) {
    self.folder = folder
    self.worker = worker
  }

  /// The verdict on a request, if one is remembered that still holds.
  func verdict(on request: StageCheckRequest) -> Verdict? {
    guard let path = path(of: request), let bytes = try? Files.read(path, limit: 16 << 20),
      let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)),
      content.marks == marks(of: request),
      (0...Self.seconds).contains(WallClock.milliseconds / 1000 - content.time)
    else { return nil }
    return content.verdict
  }

  /// Writes a verdict down; failing to is no harm.
  ///
  /// A stage's own faults are asked for again.
  func remember(_ verdict: Verdict, on request: StageCheckRequest) {
    if case .answer(let answer) = verdict, answer.stages.contains(where: { !$0.faults.isEmpty }) {
      return
    }
    let content = Content(
      marks: marks(of: request), time: WallClock.milliseconds / 1000, verdict: verdict)
    guard let path = path(of: request), let data = try? JSONEncoder().encode(content) else {
      return
    }
    if let names = try? Files.names(in: folder), names.count >= Self.limit {
      for name in names { try? Files.removeTree("\(folder)/\(name)") }
    }
    try? Files.makeDirectory(folder)
    // Whoever reads a half file takes it for none.
    let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max))"
    guard let file = try? OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL) else { return }
    let isWritten = (try? file.write(Array(data))) != nil
    if !isWritten || (try? Files.rename(temporary, path)) == nil {
      try? Files.removeTree(temporary)
    }
  }

  private func path(of request: StageCheckRequest) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(request)).map { "\(folder)/\(SHA256.hexDigest(of: $0))" }
  }

  private func marks(of request: StageCheckRequest) -> [String?] {
    ([worker] + Set(request.stages.map(\.pluginPath)).sorted()).map(FileMark.text)
  }
}

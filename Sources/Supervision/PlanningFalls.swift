import DurableFiles
import FoundationEssentials
import JobModel

/// How often a claim brought down the clerk that planned it; outlives the daemon.
struct PlanningFalls: Codable, Hashable {
  /// Falls after which a claim is not planned again.
  static let most = 3

  var count = 0
  /// What happened the last time, as the end of a sentence.
  var last = ""

  /// What is written down of a claim; nothing when that can't be read.
  static func of(_ folder: JobFolder) -> PlanningFalls {
    (try? ClerkFile.read(PlanningFalls.self, from: folder.planningFalls)) ?? PlanningFalls()
  }

  /// Writes down one more.
  static func add(_ reason: String, to folder: JobFolder) throws -> PlanningFalls {
    let falls = PlanningFalls(count: of(folder).count + 1, last: reason)
    try AtomicFile.write(Array(try JSONEncoder().encode(falls)), to: folder.planningFalls)
    return falls
  }

  var isEnough: Bool { count >= Self.most }

  var sentence: String {
    "planning this spec failed \(count) times; the last time, the process that did it \(last)"
  }
}

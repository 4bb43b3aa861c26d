import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import PipelineSpec
import StageCatalog
import WorkerLink

/// A throw-away child of the daemon that does what takes as long as users make it: reads and plans specs, asks plugins,
/// sums up jobs that have ended.
///
/// `latticed clerk TASK PATH`; what it finds out is in files, and its exit code says whether it got so far.
package enum Clerk {
  /// First argument of `latticed` that makes it a clerk.
  package static let argument = "clerk"
  /// Exit code when the machine lacks something for now; the reason is the last line on standard error.
  static let passingExit: Int32 = 75
  /// Exit code of a look at a file that is no YAML yet.
  static let unfinishedExit: Int32 = 3

  /// What a clerk can be asked for.
  enum Task: String {
    /// Plans the spec in a claim's folder.
    case plan
    /// Writes what remains of a job, in its folder.
    case finish
    /// Looks whether a file is YAML.
    case peek
    /// Asks all plugins what they hold.
    case survey
  }

  /// Does what the arguments after ``argument`` say.
  ///
  /// - Returns: The exit code.
  package static func main(_ arguments: [String]) -> Int32 {
    // Moments at which tests kill are those of the daemon and its workers.
    unsetenv("LATTICE_KILL_AT")
    Leash.tie()
    guard arguments.count == 2, let task = Task(rawValue: arguments[0]) else {
      say("a clerk is started by latticed, not by hand")
      return 64
    }
    do {
      switch task {
      case .plan: try PlanningClerk(folder: JobFolder(path: arguments[1])).plan()
      case .finish: try FinishingClerk(folder: JobFolder(path: arguments[1])).finish()
      case .peek: return try peek(arguments[1]) ? 0 : unfinishedExit
      case .survey: try PluginSurvey.make(orderPath: arguments[1])
      }
      return 0
    } catch {
      say("\(error)")
      return PassingFault(error) == nil ? 1 : passingExit
    }
  }

  /// False for a file that is no YAML, as while somebody is still writing it.
  private static func peek(_ path: String) throws -> Bool {
    let bytes = try Files.read(path, limit: 2 << 20)
    return !PipelineSpec.parse(bytes).isSyntaxFault
  }

  private static func say(_ line: String) {
    let text = Array("\(line)\n".utf8)
    _ = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Small files by which daemon and clerk tell each other things; lost in a power cut, they are written anew.
enum ClerkFile {
  static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let temporary = "\(path).tmp"
    try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC).write(Array(try encoder.encode(value)))
    try Files.rename(temporary, path)
  }

  static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(try Files.read(path, limit: 64 << 20)))
  }
}

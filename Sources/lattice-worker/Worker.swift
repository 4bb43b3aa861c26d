import CSystemCalls
import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import ShardRun
import StageHost
import WorkerLink

/// The process that loads plugins: describes one, checks uses of stages, or runs a shard.
enum Worker {
  static let help = """
    Loads stage plugins and computes. Started by latticed and lattice; rarely by hand.

    Usage:
      lattice-worker run JOBDIR SHARD [--attempt N] [--one-by-one]
      lattice-worker describe PLUGIN.stage.so
      lattice-worker check < request.json
      lattice-worker rule [request.json]
      lattice-worker bench < request.json

    Examples:
      lattice-worker describe plugins/image.stage.so
      lattice-worker run spool/jobs/20261123-140502-k3x9ab 0      run a shard again by hand, under a debugger say

    Environment:
      LATTICE_ISA   plain, avx2, avx512 or avx512_bf16: the most that kernels may use of what the processor has

    Exit codes: 0 done, 1 failed (failure.json in the attempt's log folder says why), 64 wrong usage,
    76 whoever started it is gone.
    """

  static func main(_ arguments: [String]) -> Int32 {
    Leash.tie()
    Descendants.tie()
    // OpenBLAS would start a thread for each processor when a plugin that links it is loaded; the budget of threads is
    // the host's. Whoever sets the variable wants something else.
    setenv("OPENBLAS_NUM_THREADS", "1", 0)
    if let fault = instructionSetFault {
      say(fault)
      return 64
    }
    switch arguments.first {
    case "run": return run(Array(arguments.dropFirst()))
    case "describe": return describe(Array(arguments.dropFirst()))
    case "check": return check()
    case "bench": return RuleCommand.bench()
    case "rule": return RuleCommand.run(Array(arguments.dropFirst()))
    case "--help", "-h", "help":
      print(help)
      return 0
    case "--version":
      print("lattice-worker 0.1.0")
      return 0
    default:
      say(arguments.isEmpty ? "say what to do" : "'\(arguments[0])' is no command")
      say(help)
      return 64
    }
  }

  /// What is wrong with `LATTICE_ISA`; kernels read it themselves.
  private static var instructionSetFault: String? {
    let names = ["plain", "avx2", "avx512", "avx512_bf16"]
    guard let value = getenv("LATTICE_ISA").map({ String(cString: $0) }), !value.isEmpty,
      !names.contains(value)
    else { return nil }
    return "LATTICE_ISA is '\(value)'; it must be one of \(names.joined(separator: ", ")), or unset"
  }

  private static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 2, let shard = Int(arguments[1]), shard >= 0 else {
      say("run needs a job folder and the number of a shard")
      return 64
    }
    var attempt = 1
    var isOneByOne = false
    var rest = arguments.dropFirst(2)
    while let option = rest.popFirst() {
      if option == "--one-by-one" {
        isOneByOne = true
      } else if option == "--attempt", let number = rest.popFirst().flatMap({ Int($0) }), number > 0
      {
        attempt = number
      } else {
        say("'\(option)' is no option of run; there are --attempt N and --one-by-one")
        return 64
      }
    }
    lattice_trace_aborts()
    Lifeline.watch { Descendants.end() }
    let folder = JobFolder(path: arguments[0])
    do throws(AttemptFailure) {
      try ShardRunner(folder: folder, shard: shard, attempt: attempt, isOneByOne: isOneByOne).run()
      return 0
    } catch {
      say(error.stage.map { "stage '\($0)': \(error.message)" } ?? error.message)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      if let data = try? encoder.encode(error) {
        try? AtomicFile.write(Array(data), to: folder.failure(shard: shard, attempt: attempt))
      }
      return 1
    }
  }

  private static func describe(_ arguments: [String]) -> Int32 {
    guard arguments.count == 1, let path = arguments.first else {
      say("describe needs the path of one plugin")
      return 64
    }
    let channel = AnswerChannel()
    let status = Files.status(path, followingLinks: true)
    let file = PluginFile(
      path: path, size: status?.size ?? 0, mtimeNanoseconds: status?.mtimeNanoseconds ?? 0,
      sha256: (try? SHA256.hexDigest(ofFile: path)) ?? "")
    var description = PluginDescription(file: file, module: nil, broken: nil)
    if let kind = FileKind.name(at: path) {
      description.broken = "'\(path)' is \(kind), not a file; a plugin is a shared library"
      return channel.write(description)
    }
    do throws(StageLibraryError) {
      description.module = try StageLibrary.load(path).describe()
    } catch {
      description.broken = error.description
    }
    return channel.write(description)
  }

  private static func check() -> Int32 {
    let channel = AnswerChannel()
    do {
      let request = try JSONDecoder().decode(
        StageCheckRequest.self, from: Data(try Files.readStream()))
      return channel.write(
        StageCheck.run(request) {
          // Whoever started this process finds it there when a plugin ends it.
          say("in the check of stage '\($0)'")
        })
    } catch {
      say("check reads a request as JSON from standard input: \(error)")
      return 64
    }
  }

  static func say(_ line: String) {
    let text = Array("lattice-worker: \(line)\n".utf8)
    _ = text.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

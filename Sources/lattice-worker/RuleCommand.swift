import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import PluginCheck

/// Holds a plugin against rules in this process.
enum RuleCommand {
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count <= 1 else {
      Worker.say("rule needs a file with requests, or requests on standard input")
      return 64
    }
    let requests: [RuleRequest]
    do {
      let bytes = try Files.read(arguments.first ?? "/dev/stdin")
      requests = try JSONDecoder().decode([RuleRequest].self, from: Data(bytes))
    } catch {
      Worker.say("rule reads a list of requests as JSON: \(error)")
      return 64
    }
    // What a plugin prints must not get into the answer.
    let answer = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    let folder = "/tmp/lattice-rule-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? Files.removeTree(folder) }
    let results = requests.enumerated().map { index, request in
      RuleRunner.run(request, in: "\(folder)/\(index)")
    }
    fflush(nil)
    dup2(answer, STDOUT_FILENO)
    return Worker.write(results)
  }
}

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
      let bytes = try Files.readStream(arguments.first ?? "/dev/stdin")
      requests = try JSONDecoder().decode([RuleRequest].self, from: Data(bytes))
    } catch {
      Worker.say("rule reads a list of requests as JSON: \(error)")
      return 64
    }
    return answer { folder in
      requests.enumerated().map { RuleRunner.run($1, in: "\(folder)/\($0)") }
    }
  }

  /// Measures the calls of one stage; the request is one for a rule, whose rule does not matter.
  static func bench() -> Int32 {
    let request: RuleRequest
    do {
      request = try JSONDecoder().decode(
        RuleRequest.self, from: Data(try Files.readStream()))
    } catch {
      Worker.say("bench reads a request as JSON from standard input: \(error)")
      return 64
    }
    return answer { CallBench.run(request, in: $0) }
  }

  /// Writes what `body` gives; it may use the folder, which is gone afterwards.
  private static func answer(_ body: (String) -> some Encodable) -> Int32 {
    let channel = AnswerChannel()
    let name = "lattice-rule-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let folder = "\(Files.temporaryFolder)/\(name)"
    defer { try? Files.removeTree(folder) }
    return channel.write(body(folder))
  }
}

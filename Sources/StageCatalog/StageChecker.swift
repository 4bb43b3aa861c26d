import DurableFiles
import FoundationEssentials
package import JobModel

/// Asks stages for their outputs' sizes and for faults in their parameters.
package protocol StageChecking {
  mutating func check(_ request: StageCheckRequest) throws -> StageCheckResponse
}

/// Why stages could not be asked.
package struct CheckFailure: Error, Hashable, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// Asks in a throw-away child, and remembers answers: a pipeline that is handed in again is not asked again.
package struct ChildChecker: StageChecking {
  private let worker: String
  private var answers: [StageCheckRequest: StageCheckResponse] = [:]

  package init(worker: String) { self.worker = worker }

  package mutating func check(_ request: StageCheckRequest) throws -> StageCheckResponse {
    if let known = answers[request] { return known }
    let input = Array(try JSONEncoder().encode(request))
    let output = try ChildProcess.run(worker, ["check"], input: input, seconds: 20)
    switch output.ending {
    case .timedOut:
      throw CheckFailure(description: "a stage's check took more than 20 s and was killed")
    case .signalled(let signal):
      throw CheckFailure(
        description:
          "a plugin crashed in a stage's check: \(signal)\(output.lastWords)"
      )
    case .exited(let code):
      guard code == 0,
        let answer = try? JSONDecoder().decode(StageCheckResponse.self, from: Data(output.data))
      else {
        throw CheckFailure(
          description:
            "stages could not be checked: the worker left with exit code \(code) and no answer\(output.lastWords)"
        )
      }
      if answers.count >= 256 { answers.removeAll() }
      answers[request] = answer
      return answer
    }
  }
}

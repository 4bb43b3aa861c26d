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
  /// The use of a stage, by its name in the spec, that was being asked; nil when that is not known.
  package let stage: String?

  package init(description: String, stage: String? = nil) {
    self.description = description
    self.stage = stage
  }
}

/// Asks in a throw-away child, and remembers answers: a pipeline that is handed in again is not asked again.
package struct ChildChecker: StageChecking {
  /// What the worker says on standard error before it asks a stage, up to the stage's name in quotes.
  private static let announcement = "lattice-worker: in the check of stage '"

  private let worker: String
  private let seconds: Double
  private let memory: CheckMemory?
  private var answers: [StageCheckRequest: StageCheckResponse] = [:]

  /// - Parameters:
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - memoryFolder: Where answers are remembered for other processes; nil for this one alone.
  ///   - seconds: A check that takes longer is given up.
  package init(worker: String, memoryFolder: String? = nil, seconds: Double = 20) {
    self.worker = worker
    self.seconds = seconds
    memory = memoryFolder.map { CheckMemory(folder: $0, worker: worker) }
  }

  /// - Throws: ``CheckFailure`` when a stage is at fault, ``PassingFault`` or `FileError` when the machine is.
  package mutating func check(_ request: StageCheckRequest) throws -> StageCheckResponse {
    if let known = answers[request] { return known }
    let verdict: CheckMemory.Verdict
    if let remembered = memory?.verdict(on: request) {
      verdict = remembered
    } else {
      verdict = try ask(request)
      memory?.remember(verdict, on: request)
    }
    switch verdict {
    case .answer(let answer):
      if answers.count >= 256 { answers.removeAll() }
      answers[request] = answer
      return answer
    case .failure(let reason, let stage): throw CheckFailure(description: reason, stage: stage)
    }
  }

  private func ask(_ request: StageCheckRequest) throws -> CheckMemory.Verdict {
    let input = Array(try JSONEncoder().encode(request))
    let output = try ChildProcess.run(
      worker, ["check"], input: input, seconds: seconds, memoryBytes: ChildProcess.askingMemoryBytes
    )
    let stage = Self.announced(in: output.talk)
    let name = stage.map { "stage '\($0)'" } ?? "a stage"
    switch output.ending {
    case .timedOut:
      return .failure(
        "the check of \(name) took more than \(Int(seconds)) s and was killed", stage: stage)
    case .signalled("SIGKILL"):
      throw PassingFault("the process that checked the stages was killed from outside")
    case .signalled(let signal):
      return .failure("\(name) crashed in its check: \(signal)\(output.lastWords)", stage: stage)
    case .exited(let code):
      guard code == 0,
        let answer = try? JSONDecoder().decode(StageCheckResponse.self, from: Data(output.data))
      else {
        throw CheckFailure(
          description:
            "\(stage == nil ? "stages" : name) could not be checked: the worker left with exit code \(code) and no answer\(output.lastWords)",
          stage: stage)
      }
      return .answer(answer)
    }
  }

  /// The stage that was asked last.
  private static func announced(in talk: String) -> String? {
    talk.split(whereSeparator: \.isNewline).last { $0.hasPrefix(announcement) && $0.hasSuffix("'") }
      .map { String($0.dropFirst(announcement.count).dropLast()) }
  }
}

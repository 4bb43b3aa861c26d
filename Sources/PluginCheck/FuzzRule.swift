import DurableFiles
import JobModel

/// Random sizes, types, values and parameters from a seed: whatever `check` accepts is done, or fails with a sentence.
enum FuzzRule {
  /// Seconds after which no new round is begun.
  private static let limit = 20.0

  static func check(_ subject: Subject) throws -> Findings {
    let good = try subject.goodTrial()
    var findings = Findings()
    var numbers = SampleNumbers(seed: subject.feed.seed)
    let start = WallClock.monotonicNanoseconds
    var (begun, done) = (0, 0)
    for round in 0..<subject.feed.fuzzRounds {
      guard Double(WallClock.monotonicNanoseconds - start) / 1e9 < limit else { break }
      begun += 1
      let trial = random(good, round, subject, &numbers)
      let promise = try subject.check(trial)
      guard promise.faults.isEmpty else { continue }
      done += 1
      let place = try describe(trial, round, subject)
      Announcement.make(place)
      var batched = trial
      if subject.batchLimit(promise) == 1 { batched.batches = [[0], [1]] }
      let result = try subject.run(batched)
      findings.requireSensibleFailures(result, place)
      if let failure = result.failure, failure.call == "create", failure.failure.code == 1 {
        findings.warnings.append(
          "\(place): create refuses what check accepted: \(failure.failure.message)")
      }
      guard findings.faults.isEmpty else { break }
    }
    findings.note = "seed \(subject.feed.seed): \(begun) rounds, \(done) past the check"
    findings.warnings = Array(findings.warnings.prefix(1))
    return findings
  }

  private static func random(
    _ good: Trial, _ round: Int, _ subject: Subject, _ numbers: inout SampleNumbers
  ) -> Trial {
    var trial = good
    trial.parameters = SampleParameters.random(
      subject.stage.parameterSchema, over: good.parameters, keeping: subject.feed.parameters,
      &numbers)
    if Bool.random(using: &numbers) {
      trial.sizes = SampleSizes(names: subject.stage.inputDimensionNames, most: 9, &numbers)
    }
    trial.typeChoice = Int.random(in: 0..<8, using: &numbers)
    trial.hasOptionalInputs = Bool.random(using: &numbers)
    if Int.random(in: 0..<4, using: &numbers) == 0 {
      trial.values = SampleValues.allCases.randomElement(using: &numbers) ?? .ordinary
    }
    trial.seed = numbers.next()
    trial.threads = Int.random(in: 1...3, using: &numbers)
    trial.memoryLimit = 64 << 20
    let count = Int.random(in: 1...4, using: &numbers)
    trial.batches = [Array(0..<count)]
    return trial
  }

  private static func describe(
    _ trial: Trial, _ round: Int, _ subject: Subject
  ) throws -> String {
    let inputs = subject.inputSpecs(trial).map {
      "\($0.port.name) \($0.spec.type.rawValue)\($0.spec.shape.dropFirst().map { $0 })"
    }
    return
      "round \(round) of seed \(subject.feed.seed), \(trial.values.name), \(inputs.joined(separator: ", ")), parameters \(try trial.parameters.canonicalText)"
  }
}

import Glibc
import JobModel
import StageHost

/// A hundred instances come and go without leaving descriptors, threads or memory behind.
enum LifecycleRule {
  private static let rounds = 100
  /// Bytes that may stay for each round: caches settle, leaks do not.
  private static let allowance = 512

  static func check(_ subject: Subject) throws -> Findings {
    var findings = Findings()
    let trial: Trial
    let processes: Bool
    do {
      // A task would do all its work to show that it can.
      if subject.stage.kind == .task { throw Subject.Unfit(reason: "a task processes no batches") }
      trial = try subject.goodTrial()
      processes = true
    } catch is Subject.Unfit {
      // Without samples it can still be made and destroyed.
      trial = Trial(
        parameters: try subject.usualParameters, sizes: SampleSizes.candidates[0], items: .none)
      processes = false
    }
    let services = try TrialServices(
      folder: try subject.makeFolder(), memoryLimit: trial.memoryLimit, threads: 2,
      models: trial.models, guardsOutputs: false)
    let planned = subject.planned(trial, try subject.check(trial).outputs)
    func round() throws {
      let instance = try StageInstance(planned, of: subject.library, services: services)
      guard processes else { return }
      try instance.open()
      try instance.process(
        try subject.makeBatch(trial, trial.batches[0], planned, services))
      instance.close()
    }
    do {
      for _ in 0..<10 { try round() }
    } catch let failure as StageFailure where !processes {
      return .skipped("no instance could be made: \(failure.message)")
    }
    let before = (ProcessUse.descriptors, ProcessUse.threads, ProcessUse.heapBytes)
    for _ in 0..<rounds { try round() }
    let after = (ProcessUse.descriptors, ProcessUse.threads, ProcessUse.heapBytes)
    findings.expect(
      after.0 <= before.0,
      "\(after.0 - before.0) descriptors stay open after \(rounds) uses; close them in close or destroy"
    )
    findings.expect(
      after.1 <= before.1,
      "\(after.1 - before.1) threads stay after \(rounds) uses; end them in close or destroy")
    let children = ProcessUse.children
    findings.expect(
      children.isEmpty,
      "\(children.count) processes stay after \(rounds) uses; end them in close or destroy, and wait for them"
    )
    for child in children { kill(child, SIGKILL) }
    let leak = (after.2 - before.2) / rounds
    findings.expect(
      leak <= allowance, "about \(leak) bytes stay allocated after each use; free them in destroy")
    findings.note = processes ? nil : "without processing"
    return findings
  }
}

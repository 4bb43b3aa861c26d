import Autograd
import Foundation
import Kernels
import TensorCore
import Testing
import Training

/// Measuring on the way: the best state is kept, a run that no longer gets better ends, and a stop changes nothing.
@Suite struct ValidationTests {
  private final class Notes: TrainingObserver {
    var stopAfter = Int.max
    var done = 0
    var reports: [(step: Int, metrics: [String: Double])] = []
    var notes: [String] = []

    var isCancelled: Bool { done >= stopAfter }
    func progress(_ done: Int, of total: Int) { self.done = done }
    func report(step: Int, metrics: [String: Double]) { reports.append((step, metrics)) }
    func note(_ message: String) { notes.append(message) }
  }

  /// A weight that falls by 0.1 a step, from 1.
  private func learner() -> (GradientLearner, Parameter) {
    let parameter = Parameter("w", Tensor([1], repeating: 1))
    let learner = GradientLearner(
      [parameter], optimizer: Falling(),
      rate: LearningRate(peak: 0.1, total: 100, decay: .constant)
    ) { _, _, pass in .init(loss: pass.sum(pass.variable(parameter))) }
    return (learner, parameter)
  }

  private final class Falling: Optimizer {
    private(set) var steps = 0
    let state: [String: Tensor] = [:]

    func step(
      _ gradients: [Gradient], rate: Double, workers: any Workers
    ) throws(NotANumberError) -> Double {
      steps += 1
      for gradient in gradients {
        gradient.parameter.value = Tensor(
          gradient.parameter.value.shape, gradient.parameter.value.floats.map { $0 - Float(rate) })
      }
      return 1
    }

    func restore(_ state: [String: Tensor], steps: Int) { self.steps = steps }
  }

  /// Least where the weight is nearest to 0.35, after six or seven steps.
  private func plan(
    _ parameter: Parameter, every: Int = 1, patience: Int? = nil, keepsBest: Bool = true
  ) -> ValidationPlan {
    ValidationPlan(every: every, patience: patience, keepsBest: keepsBest) {
      let loss = Double(abs(parameter.value.floats[0] - 0.36))
      return .init(loss: loss, metrics: ["validation_loss": loss])
    }
  }

  private func scratch() throws -> CheckpointFolder {
    let path = NSTemporaryDirectory() + "lattice-validation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return CheckpointFolder(path: path)
  }

  @Test(arguments: [true, false]) func theBestIsKept(hasFolder: Bool) throws {
    let folder = hasFolder ? try scratch() : nil
    defer { folder.map { try? FileManager.default.removeItem(atPath: $0.path) } }
    let (learner, parameter) = learner()
    let notes = Notes()
    try TrainingLoop(.init(steps: 10, reportEvery: 100), folder: folder, workers: OneThread()).run(
      learner, observer: notes, validation: plan(parameter, every: 2))
    #expect(abs(parameter.value.floats[0] - 0.4) < 1e-5)
    #expect(notes.notes == ["the weights after 6 steps measured best and are kept"])
    let measured = notes.reports.filter { $0.metrics["validation_loss"] != nil }
    #expect(measured.map(\.step) == [2, 4, 6, 8, 10])
    #expect(measured.map { $0.metrics["best_step"] } == [2, 4, 6, 6, 6])
  }

  @Test func aRunThatGetsNoBetterEnds() throws {
    let (learner, parameter) = learner()
    let notes = Notes()
    try TrainingLoop(.init(steps: 100, reportEvery: 100), folder: nil, workers: OneThread()).run(
      learner, observer: notes, validation: plan(parameter, patience: 3, keepsBest: false))
    #expect(notes.notes == ["training ended early after 9 of 100 steps"])
    #expect(abs(parameter.value.floats[0] - 0.1) < 1e-5)
  }

  /// Stopped before, at and after the best, with checkpoints between measurements: the same end, and the same once more
  /// when a finished run is asked to go on.
  @Test func aStoppedRunEndsTheSame() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let settings = TrainingLoop.Settings(steps: 100, reportEvery: 100, checkpointEvery: 4)
    for stop in [3, 6, 7, 9] {
      let (learner, parameter) = learner()
      let notes = Notes()
      notes.stopAfter = stop
      #expect(throws: TrainingCancelled.self) {
        try TrainingLoop(settings, folder: folder, workers: OneThread()).run(
          learner, observer: notes, validation: plan(parameter, every: 2, patience: 2))
      }
    }
    for _ in 0..<2 {
      let (learner, parameter) = learner()
      let notes = Notes()
      try TrainingLoop(settings, folder: folder, workers: OneThread()).run(
        learner, observer: notes, validation: plan(parameter, every: 2, patience: 2))
      #expect(
        notes.notes.last
          == "training ended early after 10 of 100 steps; the weights after 6 steps measured best and are kept"
      )
      #expect(abs(parameter.value.floats[0] - 0.4) < 1e-5)
    }
  }
}

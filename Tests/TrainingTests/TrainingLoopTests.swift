import Autograd
import Foundation
import Kernels
import TensorCore
import Testing
import Training

@Suite struct TrainingLoopTests {
  /// Follows a run; stops it when told to.
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

  /// A regression by batches of random rows.
  private func learner(steps: Int, optimizer: any Optimizer, parts: Int = 1) -> GradientLearner {
    var generator = CounterRandom(seed: 3)
    let first = Parameter(
      "first", Tensor([3, 40], (0..<120).map { _ in generator.normal() * 0.5 }))
    let second = Parameter(
      "second", Tensor([40, 2], (0..<80).map { _ in generator.normal() * 0.2 }))
    let order = DataOrder(itemCount: 64, batch: 16, seed: 9)
    let rate = LearningRate(peak: 0.02, warmup: 5, total: steps)
    return GradientLearner(
      [first, second], optimizer: optimizer, rate: rate, averageDecay: 0.9, parts: parts
    ) { step, part, pass in
      let items = order.items(ofStep: step)
      let mine = items[(part * 16 / parts)..<((part + 1) * 16 / parts)]
      let rows = mine.flatMap { [Float($0 % 5), Float($0 % 7), Float($0 % 3)].map { $0 / 7 } }
      let wanted = mine.flatMap { [Float($0 % 5) / 5, -Float($0 % 3) / 3] }
      let hidden = pass.activate(
        pass.linear(Variable(Tensor([mine.count, 3], rows)), weight: first), .tanh)
      let error = pass.add(
        pass.linear(hidden, weight: second),
        Variable(Tensor([mine.count, 2], wanted.map { -$0 })))
      let loss = pass.scale(
        pass.sum(pass.multiply(error, error)), by: 1 / Float(mine.count * 2))
      return GradientLearner.Outcome(loss: loss, metrics: ["rows": Double(mine.count)])
    }
  }

  private func scratch() throws -> CheckpointFolder {
    let path = NSTemporaryDirectory() + "lattice-training-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return CheckpointFolder(path: path)
  }

  private static let optimizers: [@Sendable () -> any Optimizer] = [
    { AdamW(AdamW.Settings(decay: 0.01, clip: 1)) },
    { Adafactor(Adafactor.Settings(weightDecay: 1e-3, peakRate: 0.02, factoredFrom: 2)) },
  ]

  /// 60 steps, and the same stopped twice on the way: byte-equal weights, moments and averages.
  @Test(arguments: [0, 1]) func goingOnGivesTheSameBytes(optimizer: Int) throws {
    let make = Self.optimizers[optimizer]
    let settings = TrainingLoop.Settings(steps: 60, reportEvery: 10, checkpointEvery: 7)
    let straight = learner(steps: 60, optimizer: make())
    try TrainingLoop(settings, folder: nil, workers: OneThread()).run(straight, observer: Notes())
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    for stop in [23, 40] {
      let notes = Notes()
      notes.stopAfter = stop
      let error = #expect(throws: TrainingCancelled.self) {
        try TrainingLoop(settings, folder: folder, workers: ThreadTeam(threadCount: 2)).run(
          learner(steps: 60, optimizer: make()), observer: notes)
      }
      #expect(error?.description == "training was stopped after \(stop) steps")
    }
    let last = learner(steps: 60, optimizer: make())
    let notes = Notes()
    try TrainingLoop(settings, folder: folder, workers: OneThread()).run(last, observer: notes)
    #expect(notes.notes == ["going on from the checkpoint after 40 steps"])
    #expect(notes.reports.map(\.step) == [50, 60])
    let (expected, found) = (straight.state, last.state)
    #expect(expected.keys.sorted() == found.keys.sorted())
    for (name, tensor) in expected { #expect(found[name]?.floats == tensor.floats, "\(name)") }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(files == ["step-00000056.safetensors", "step-00000060.safetensors"])
  }

  /// What a kill leaves: a half-written temporary file, and the checkpoint before it.
  @Test func aHalfWrittenCheckpointIsNotSeen() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try folder.save(["weights/a": Tensor([2], [1, 2])], steps: 10, keep: 2)
    try Data("torn".utf8).write(
      to: URL(filePath: "\(folder.path)/step-00000020.safetensors.tmp"))
    let saved = try #require(try folder.newest())
    #expect(saved.steps == 10 && saved.state["weights/a"]?.floats == [1, 2])
    try Data("torn".utf8).write(to: URL(filePath: "\(folder.path)/step-00000030.safetensors"))
    let error = #expect(throws: CheckpointFolderError.self) { try folder.newest() }
    let path = "\(folder.path)/step-00000030.safetensors"
    #expect(
      error?.description
        == "can't go on from checkpoint '\(path)': '\(path)' is neither .npy nor .safetensors, going by its first bytes. Remove it to go on from the one before"
    )
  }

  @Test func aStateOfAnotherModelIsRefusedWithAllItsFaults() throws {
    let learner = learner(steps: 5, optimizer: AdamW(AdamW.Settings()))
    let state = ["weights/first": Tensor.zeros([3, 41]), "weights/third": Tensor.zeros([1])]
    let error = #expect(throws: TrainingStateError.self) {
      try learner.restore(state, steps: 3)
    }
    #expect(
      error?.description
        == "the saved training state is of another model: 'first' has shape [3, 41], the model wants [3, 40]; 'second' is missing; 'third' is unknown. Give the job another name, or remove its state, to start afresh"
    )
  }

  /// Gradients of parts average to that of the whole.
  @Test func partsOfABatchComeToTheSame() throws {
    let (whole, parts) = (
      learner(steps: 9, optimizer: AdamW(AdamW.Settings())),
      learner(steps: 9, optimizer: AdamW(AdamW.Settings()), parts: 4)
    )
    for step in 0..<3 {
      let a = try whole.step(step, workers: OneThread())
      let b = try parts.step(step, workers: OneThread())
      #expect(abs((a["loss"] ?? 0) - (b["loss"] ?? 1)) < 1e-6)
      #expect(b["rows"] == 4)
    }
    for (a, b) in zip(whole.parameters, parts.parameters) {
      for (x, y) in zip(a.value.floats, b.value.floats) { #expect(abs(x - y) < 1e-5) }
    }
  }

  @Test func aLossThatIsNoNumberStops() {
    let weight = Parameter("w", Tensor([1], [1]))
    let learner = GradientLearner(
      [weight], optimizer: AdamW(AdamW.Settings()), rate: LearningRate(peak: 1, total: 10)
    ) { step, _, pass in
      GradientLearner.Outcome(
        loss: pass.scale(pass.sum(pass.variable(weight)), by: step == 2 ? .nan : 1e-3))
    }
    let error = #expect(throws: NotANumberError.self) {
      try TrainingLoop(TrainingLoop.Settings(steps: 5), folder: nil, workers: OneThread()).run(
        learner, observer: Notes())
    }
    #expect(error == NotANumberError(what: "the loss", step: 2))
  }

  @Test func theAverageStartsFreeOfTheBeginning() {
    let weight = Parameter("w", Tensor([1], [0]))
    let average = ExponentialMovingAverage([weight], decay: 0.99)
    weight.value = Tensor([1], [1])
    average.update([weight], step: 0, workers: OneThread())
    #expect(abs((average.averages["w"]?.floats[0] ?? 0) - 0.9) < 1e-6)
    average.withAverages(of: [weight]) { #expect(abs(weight.value.floats[0] - 0.9) < 1e-6) }
    #expect(weight.value.floats == [1])
  }

  /// Another network's weights may be part of a loss; they stay as they are.
  @Test func learnsOnlyWhatIsListed() throws {
    let (own, other) = (
      Parameter("own", Tensor([2], [1, 2])), Parameter("other", Tensor([2], [3, 4]))
    )
    let learner = GradientLearner(
      [own], optimizer: AdamW(AdamW.Settings()), rate: LearningRate(peak: 0.1, total: 10)
    ) { _, _, pass in
      let product = pass.multiply(pass.variable(own), pass.variable(other))
      return GradientLearner.Outcome(loss: pass.sum(product))
    }
    _ = try learner.step(0, workers: OneThread())
    #expect(own.value.floats != [1, 2])
    #expect(other.value.floats == [3, 4])
    #expect(learner.state.keys.allSatisfy { !$0.contains("other") })
  }
}

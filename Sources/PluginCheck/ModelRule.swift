import JobModel
import DurableFiles

/// A model that is missing, gone or empty is found by `create` or `open`, with a sentence.
enum ModelRule {
  static func check(_ subject: Subject) throws -> Findings {
    guard let slot = subject.stage.modelSlots.first else { return .skipped("it opens no model") }
    let empty = "\(try subject.makeFolder())/empty"
    try Files.makeDirectory(empty)
    let cases: [(name: String, models: [String: String])] = [
      ("without a model", [:]),
      ("with a model whose folder is gone", [slot: "\(empty)/gone"]),
      ("with a model whose folder is empty", [slot: empty]),
    ]
    var findings = Findings()
    for (name, models) in cases {
      var trial = Trial(
        parameters: try subject.usualParameters, sizes: SampleSizes.candidates[0],
        items: try subject.itemCandidates().first ?? .none)
      trial.models = models
      trial.batches = []
      trial.cancelAfter = 1
      Announcement.make(name)
      let result = try subject.run(trial)
      findings.requireSensibleFailures(result, name)
      findings.prefer(
        result.failure != nil,
        "\(name) create and open succeed; what is missing should be said before the first batch")
    }
    return findings
  }
}

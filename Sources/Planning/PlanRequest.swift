import DurableFiles
import FileNames
package import JobModel
package import PipelineSpec

/// What surrounds a spec: where its paths lead, what it may use, where it may write.
package struct PlanSurroundings: Codable, Hashable, Sendable {
  /// Absolute folder that relative paths are resolved against.
  package var base: String
  /// Absolute folder of results when the spec names none.
  package var defaultOutput: String
  /// Absolute folders below which a spec may send results; nil allows any.
  package var allowedOutputs: [String]?
  /// Folders of models, `NAME/VERSION/` in each; searched in this order.
  package var models: [String]
  /// Folder that a model which the job makes is published in.
  package var publishedModels: String
  /// Threads of this machine.
  package var processors: Int
  /// Where `items.jsonl` is written; nil plans without writing.
  package var itemsPath: String?
  /// The job's id, for names with {job.id}.
  package var jobID: String
  /// Where the plan keeps what it names; nil for a plan that won't run.
  package var holdings: Holdings?

  package init(
    base: String, defaultOutput: String, allowedOutputs: [String]?, models: [String],
    publishedModels: String, processors: Int, itemsPath: String?, jobID: String
  ) {
    self.base = base
    self.defaultOutput = defaultOutput
    self.allowedOutputs = allowedOutputs
    self.models = models
    self.publishedModels = publishedModels
    self.processors = processors
    self.itemsPath = itemsPath
    self.jobID = jobID
  }
}

extension PlanSurroundings {
  /// Folders that hold what jobs make: that of the results, and the jobs of the spool.
  func resultFolders(of policy: OutputPolicy) -> [FileName] {
    // A job's folder holds its manifest, or at least its own outputs.
    let job = FileName(itemsPath ?? defaultOutput).parent
    let isJob = itemsPath != nil || FileName(defaultOutput).lastComponent == "outputs"
    return [FileName(policy.directory)] + (isJob ? [job.parent] : [])
  }
}

/// What became of a spec.
package struct PlanResult: Sendable {
  /// Nil when there are errors.
  package var plan: JobPlan?
  /// Sorted by place; errors and warnings.
  package var diagnostics: [Diagnostic]

  package init(plan: JobPlan?, diagnostics: [Diagnostic]) {
    self.plan = plan
    self.diagnostics = diagnostics
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

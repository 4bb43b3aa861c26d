import DurableFiles
import FileNames
import JobModel
import PipelineSpec
import YAML

/// Where results go, and whether they may.
struct OutputCheck {
  let policy: OutputPolicy
  private(set) var placeFaults: [Diagnostic] = []

  init(_ spec: PipelineSpec, _ surroundings: PlanSurroundings, _ stages: [PlannedStage]) {
    let existing = spec.output?.existing.flatMap { OutputPolicy.Existing(rawValue: $0.value) }
    guard let directory = spec.output?.directory else {
      policy = OutputPolicy(
        directory: surroundings.defaultOutput, existing: existing ?? .error)
      return
    }
    let path = Paths.absolute(directory.value, base: surroundings.base)
    policy = OutputPolicy(directory: path, existing: existing ?? .error)
    guard let allowed = surroundings.allowedOutputs else { return }
    let real = FileName(Self.resolvedAncestor(of: path))
    let isInside = allowed.contains { real.isInside(FileName(Files.resolved($0) ?? $0)) }
    if !isInside {
      let list = allowed.isEmpty ? "none besides the job's own" : allowed.joined(separator: ", ")
      placeFaults.append(
        Diagnostic(
          "E142",
          "results may not go to '\(path.shown)'; folders the configuration allows: \(list)",
          at: directory.mark, path: "output.dir"))
    }
  }

  /// The path with links resolved as far as it exists.
  static func resolvedAncestor(of path: String) -> String {
    if let real = Files.resolved(path) { return real }
    let parent = AtomicFile.parent(of: path)
    guard parent != path, parent != "." else { return path }
    let real = resolvedAncestor(of: parent)
    return real == "/"
      ? "/\(AtomicFile.lastComponent(of: path))" : "\(real)/\(AtomicFile.lastComponent(of: path))"
  }
}

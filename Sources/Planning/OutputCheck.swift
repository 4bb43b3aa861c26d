import DurableFiles
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
    let real = Self.resolvedAncestor(of: path)
    let isInside = allowed.contains { folder in
      let root = Files.resolved(folder) ?? folder
      return real == root || real.hasPrefix(root == "/" ? "/" : "\(root)/")
    }
    if !isInside {
      let list = allowed.isEmpty ? "none besides the job's own" : allowed.joined(separator: ", ")
      placeFaults.append(
        Diagnostic(
          "E142",
          "results may not go to '\(path)'; folders the configuration allows: \(list)",
          at: directory.mark, path: "output.dir"))
    }
  }

  /// The path with links resolved as far as it exists.
  private static func resolvedAncestor(of path: String) -> String {
    if let real = Files.resolved(path) { return real }
    let parent = AtomicFile.parent(of: path)
    guard parent != path, parent != "." else { return path }
    let real = resolvedAncestor(of: parent)
    return real == "/"
      ? "/\(AtomicFile.lastComponent(of: path))" : "\(real)/\(AtomicFile.lastComponent(of: path))"
  }
}

/// Finds items, or stages, that would write files of the same name, and names that are taken.
final class NameCollisions {
  private struct Sink {
    var stage: PlannedStage
    var parameter: String
    var template: NameTemplate
    var existing: OutputPolicy.Existing
  }

  /// Names remembered at most; beyond, the worker finds what is left within a shard.
  private static let limit = 2_000_000

  private var sinks: [Sink] = []
  private let jobID: String
  private let jobName: String
  private let policy: OutputPolicy
  private var owners: [Int: (sink: Int, number: Int, id: String)] = [:]
  private var clashes: [(code: String, message: String, sink: Int)] = []

  init(
    _ stages: [PlannedStage], _ surroundings: PlanSurroundings, jobName: String,
    _ policy: OutputPolicy
  ) {
    jobID = surroundings.jobID
    self.jobName = jobName
    self.policy = policy
    for stage in stages where stage.description.kind == .sink {
      let properties = stage.description.parameterSchema["properties"]?.objectValue ?? [:]
      for (name, schema) in properties.sorted(by: { $0.key < $1.key }) {
        guard schema["x-lattice-template"]?.boolValue == true,
          let text = stage.parameters[name]?.stringValue, let template = try? NameTemplate(text)
        else { continue }
        let own = stage.parameters["exists"]?.stringValue.flatMap(OutputPolicy.Existing.init)
        sinks.append(
          Sink(
            stage: stage, parameter: name, template: template, existing: own ?? policy.existing))
      }
    }
  }

  /// Takes in one item.
  func visit(_ item: Item) {
    guard clashes.count < 10 else { return }
    for (index, sink) in sinks.enumerated() {
      // A stage that gathers writes such a name once; one that works item by item writes it for each.
      guard sink.template.dependsOnItem || item.number == 0 || !sink.stage.description.reduces,
        let name = try? sink.template.expanded(
          item: sink.template.dependsOnItem ? item : nil, jobID: jobID, jobName: jobName)
      else { continue }
      note(name, item, index, sink)
    }
  }

  private func note(_ name: String, _ item: Item, _ index: Int, _ sink: Sink) {
    if let first = owners[name.hashValue] {
      let isSame = first.sink == index
      clashes.append(
        (
          isSame ? "E140" : "E143",
          isSame
            ? "items '\(first.id)' and '\(item.id)' would both write '\(name)'; put {item.dir}, {item.ext} or {item.number} into '\(sink.parameter)'"
            : "'\(sinks[first.sink].stage.name)' and '\(sink.stage.name)' would both write '\(name)'; give them different names",
          index
        ))
      return
    }
    if owners.count < Self.limit { owners[name.hashValue] = (index, item.number, item.id) }
    if sink.existing == .error, Files.exists("\(policy.directory)/\(name)") {
      clashes.append(
        (
          "E141",
          "the output '\(policy.directory)/\(name)' is there already; say 'exists: skip' or 'exists: replace', or choose another folder",
          index
        ))
    }
  }

  func faults(_ spec: PipelineSpec) -> [Diagnostic] {
    clashes.map { clash in
      let sink = sinks[clash.sink]
      let stage = spec.stages.first { $0.id.value == sink.stage.name }
      return Diagnostic(
        clash.code, clash.message, at: stage?.parameters?[sink.parameter]?.mark ?? stage?.id.mark,
        path: "\(sink.stage.name).params.\(sink.parameter)")
    }
  }
}

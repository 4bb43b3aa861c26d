import DurableFiles
import FileNames
import JobModel
package import PipelineSpec
package import StageCatalog
import YAML

/// Makes a spec ready to run: finds its stages, completes its parameters, checks every connection, lists its items.
///
/// Nothing is computed and no plugin is loaded in this process.
package struct Planner<Checker: StageChecking> {
  package var catalog: StageCatalog
  package var checker: Checker

  package init(catalog: StageCatalog, checker: Checker) {
    self.catalog = catalog
    self.checker = checker
  }

  /// Plans a spec whose text has no faults.
  ///
  /// - Parameters:
  ///   - spec: As it was read.
  ///   - surroundings: Where its paths lead and what it may use.
  /// - Returns: The plan, or every fault found.
  /// - Throws: ``FileError`` when the manifest can't be written, ``PassingFault`` when the machine lacks something that a
  ///   verdict on the spec needs.
  package mutating func plan(
    _ spec: PipelineSpec, in surroundings: PlanSurroundings
  ) throws -> PlanResult {
    var faults: [Diagnostic] = []
    var graph = StageGraph(spec, catalog)
    var stages: [PlannedStage] = []
    let order = graph.order
    if let order { stages = graph.stages(in: order, base: surroundings.base) }
    faults += graph.faults
    if order != nil {
      try ask(&stages, graph, &faults)
      faults += graph.edgeFaults(stages)
      faults += try ModelCheck(surroundings).fill(&stages, graph)
    }
    faults += graph.shapeFaults
    let output = OutputCheck(spec, surroundings, stages)
    faults += output.placeFaults
    let tasks = TaskCheck(spec, stages, publishedModels: surroundings.publishedModels)
    if stages.count == spec.stages.count { faults += tasks.faults }
    var policy = output.policy
    policy.model = tasks.model
    let isTask = stages.contains { $0.description.kind == .task }
    let itemsPerShard = isTask ? Int.max : spec.itemsPerShard?.value ?? 256
    var source = ItemSource(
      spec.input, base: surroundings.base,
      resultFolders: surroundings.resultFolders(of: policy))
    let collisions = NameCollisions(stages, surroundings, jobName: spec.name.value, policy)
    let folders = ItemFolders()
    var manifest = try ManifestWriter(
      path: surroundings.itemsPath, itemsPerShard: itemsPerShard,
      visit: {
        collisions.visit($0)
        folders.visit($0)
      })
    try source.list(into: &manifest)
    try askBesideItems(stages, folders, graph, &faults)
    faults += source.faults
    faults += collisions.faults(spec)
    faults += source.warnings(
      outputs: collisions.firstNames.map {
        FileName(policy.directory).appending($0)
      })
    faults += ItemWarnings(
      total: manifest.count, faulty: source.isSound ? manifest.faulty : Examples(),
      collisions: collisions,
      allowance: spec.failureAllowance, isTask: isTask
    ).faults(spec)
    guard !faults.contains(where: { $0.severity == .error }) else {
      // A stage may be missing because its plugin could not be looked at.
      if let fault = catalog.passingFault, faults.contains(where: \.isOfMissingStage) {
        throw PassingFault(fault)
      }
      return PlanResult(plan: nil, diagnostics: faults.sortedByPlace())
    }
    var plan = assemble(spec, stages, manifest, policy, surroundings)
    faults += Estimates(plan, spec, surroundings).faults(batch: &plan.batch)
    plan.warnings = faults.map(\.message)
    if let holdings = surroundings.holdings, !faults.contains(where: { $0.severity == .error }) {
      faults += try PlanKeeper(
        holdings: holdings, spec: spec, allowedOutputs: surroundings.allowedOutputs
      ).hold(&plan)
    }
    let isFine = !faults.contains { $0.severity == .error }
    return PlanResult(plan: isFine ? plan : nil, diagnostics: faults.sortedByPlace())
  }

  /// Lets stages check themselves; those without a check get sizes from dimension names.
  private mutating func ask(
    _ stages: inout [PlannedStage], _ graph: StageGraph, _ faults: inout [Diagnostic]
  ) throws {
    guard !faults.contains(where: { $0.severity == .error }) else { return }
    let entries = stages.map { stage in
      StageCheckRequest.Entry(
        name: stage.name, pluginPath: stage.plugin.path, stageID: stage.description.id,
        parameters: stage.parameters,
        inputs: stage.inputs.compactMapValues { source in
          guard case .port(let name, let port) = source else { return nil }
          return StageCheckRequest.PortReference(stage: name, port: port)
        })
    }
    let response: StageCheckResponse
    do {
      response = try checker.check(StageCheckRequest(stages: entries))
    } catch {
      if let fault = PassingFault(error) { throw fault }
      let stage = (error as? CheckFailure)?.stage.flatMap { graph.spec(named: $0) }
      faults.append(Diagnostic("E128", "\(error)", at: stage?.id.mark))
      return
    }
    for (index, answer) in response.stages.enumerated() where index < stages.count {
      guard let stage = graph.spec(named: answer.name) else { continue }
      faults += Self.diagnostics(answer, of: stages[index].description.id, stage)
      stages[index].outputs =
        stages[index].description.hasCheck
        ? answer.outputs : DimensionNames.outputs(of: stages[index], among: stages)
    }
  }

  /// Lets stages check the files that lie beside items, once these are known.
  private mutating func askBesideItems(
    _ stages: [PlannedStage], _ folders: ItemFolders, _ graph: StageGraph,
    _ faults: inout [Diagnostic]
  ) throws {
    guard !faults.contains(where: { $0.severity == .error }) else { return }
    let entries = folders.entries(of: stages)
    guard !entries.isEmpty else { return }
    let response: StageCheckResponse
    do {
      response = try checker.check(StageCheckRequest(stages: entries))
    } catch {
      faults.append(Diagnostic("E128", "\(error)", at: nil))
      return
    }
    for (entry, answer) in zip(entries, response.stages) {
      guard let stage = graph.spec(named: answer.name) else { continue }
      faults += Self.diagnostics(answer, of: entry.stageID, stage)
    }
  }

  /// What a stage finds fault with.
  private static func diagnostics(
    _ answer: StageCheckResponse.Entry, of stageID: String, _ stage: SpecStage
  ) -> [Diagnostic] {
    answer.faults.map { fault in
      let place = fault.parameter.flatMap { stage.parameters?[$0]?.mark }
      return Diagnostic(
        "E127", "'\(answer.name)' (\(stageID)): \(fault.message)", at: place ?? stage.id.mark,
        path: "\(answer.name).params" + (fault.parameter.map { ".\($0)" } ?? ""))
    }
  }

  private func assemble(
    _ spec: PipelineSpec, _ stages: [PlannedStage], _ manifest: ManifestWriter,
    _ output: OutputPolicy, _ surroundings: PlanSurroundings
  ) -> JobPlan {
    var limits = Limits()
    limits.threads = spec.limits.cpus?.value ?? limits.threads
    limits.memoryBytes = spec.limits.memoryBytes?.value ?? limits.memoryBytes
    limits.attemptSeconds = spec.limits.timeSeconds?.value
    limits.stallSeconds = spec.limits.stallSeconds?.value ?? limits.stallSeconds
    var retry = RetryPolicy()
    retry.attempts = spec.retry.attempts?.value ?? retry.attempts
    retry.firstDelaySeconds = spec.retry.backoff?.value.lowerBound ?? retry.firstDelaySeconds
    retry.longestDelaySeconds = spec.retry.backoff?.value.upperBound ?? retry.longestDelaySeconds
    return JobPlan(
      name: spec.name.value, priority: spec.priority?.value ?? 0, seed: spec.seed?.value ?? 0,
      stages: stages,
      items: ItemManifest(
        count: manifest.count,
        itemsPerShard: manifest.itemsPerShard == .max
          ? max(1, manifest.count) : manifest.itemsPerShard,
        shardOffsets: manifest.shardOffsets,
        faultyCount: manifest.faulty.isEmpty ? nil : manifest.faulty.count),
      batch: spec.limits.batch?.value ?? 0,
      hasReduceShard: stages.contains { $0.description.reduces }, limits: limits, retry: retry,
      failureAllowance: spec.failureAllowance, output: output, base: surroundings.base)
  }
}

extension PipelineSpec {
  /// Failed items the job may have; none where the spec says nothing.
  fileprivate var failureAllowance: FailureAllowance {
    switch maxFailedItems?.value {
    case .count(let count): .count(count)
    case .percent(let share): .percent(share)
    case nil: .count(0)
    }
  }
}

extension Diagnostic {
  /// True when no plugin was found that has the stage.
  fileprivate var isOfMissingStage: Bool { ["E100", "E101", "E102"].contains(code) }
}

/// Sizes that follow from the names of dimensions.
enum DimensionNames {
  static func outputs(of stage: PlannedStage, among stages: [PlannedStage]) -> [String: TensorSpec]
  {
    var sizes: [String: Int] = [:]
    for port in stage.description.inputs {
      guard case .port(let name, let output)? = stage.inputs[port.name],
        let spec = stages.first(where: { $0.name == name })?.outputs[output],
        let dimensions = port.dimensions
      else { continue }
      for (dimension, size) in zip(dimensions, spec.shape) {
        if case .named(let name) = dimension { sizes[name] = size }
      }
    }
    var outputs: [String: TensorSpec] = [:]
    for port in stage.description.outputs {
      guard let type = port.types.first, let dimensions = port.dimensions else { continue }
      let shape = dimensions.enumerated().map { index, dimension in
        switch dimension {
        case .fixed(let size): size
        case .named(let name): index == 0 ? -1 : sizes[name] ?? -1
        case .any: -1
        }
      }
      outputs[port.name] = TensorSpec(type: type, shape: shape, semantic: port.semantic)
    }
    return outputs
  }
}

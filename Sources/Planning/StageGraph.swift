import JobModel
import PipelineSpec
import StageCatalog
import Versions
import YAML

/// The stages of a spec looked up and connected.
struct StageGraph {
  private let spec: PipelineSpec
  private var entries: [String: StageCatalog.Entry] = [:]
  private(set) var faults: [Diagnostic] = []

  init(_ spec: PipelineSpec, _ catalog: StageCatalog) {
    self.spec = spec
    for stage in spec.stages { look(up: stage, in: catalog) }
    for stage in spec.stages { checkPorts(of: stage) }
    let used = Set(entries.values.map(\.stage.id))
    // A copy makes no difference to a job.
    for warning in catalog.warnings
    where warning.kind != .copy && !warning.stages.isDisjoint(with: used) {
      let code = warning.kind == .writable ? "W178" : "W174"
      faults.append(Diagnostic(code, warning.text, at: nil, severity: .warning))
    }
  }

  func spec(named name: String) -> SpecStage? { spec.stages.first { $0.id.value == name } }

  private mutating func look(up stage: SpecStage, in catalog: StageCatalog) {
    let parts = stage.use.value.split(separator: "@", maxSplits: 1).map(String.init)
    do throws(StageCatalog.Refusal) {
      let newest = try catalog.resolve(parts[0], nil)
      guard parts.count > 1 else {
        entries[stage.id.value] = newest
        return
      }
      guard let range = VersionRange(parts[1]) else {
        throw .noVersion(available: catalog.versions(of: parts[0]))
      }
      entries[stage.id.value] = try catalog.resolve(parts[0], range)
    } catch {
      faults.append(fault(error, stage, id: parts[0], catalog))
    }
  }

  private func fault(
    _ refusal: StageCatalog.Refusal, _ stage: SpecStage, id: String, _ catalog: StageCatalog
  ) -> Diagnostic {
    switch refusal {
    case .noVersion(let available):
      let versions = available.map(\.description).joined(separator: ", ")
      return Diagnostic(
        "E101", "there is no version of \(id) for '\(stage.use.value)'; there is \(versions)",
        at: stage.use.mark, path: "\(stage.id.value).use")
    case .unknown:
      if let broken = catalog.brokenStages.first(where: { $0.stage.id == id }) {
        return Diagnostic(
          "E102",
          "the stage \(id) in '\(broken.plugin.path)' can't be used: \(broken.stage.reason)",
          at: stage.use.mark, path: "\(stage.id.value).use")
      }
      let family = id.prefix { $0 != "." }
      let broken = catalog.brokenPlugins.first { $0.path.contains("/\(family).stage.so") }
      if let broken {
        return Diagnostic(
          "E102", "the plugin that may hold \(id) is broken: \(broken.reason)", at: stage.use.mark,
          path: "\(stage.id.value).use")
      }
      let near = Suggestion.nearest(to: id, among: catalog.stageIDs)
      let advice =
        near.map { "; did you mean '\($0)'?" }
        ?? (catalog.stageIDs.isEmpty
          ? "; no plugins were found in \(catalog.searched.joined(separator: ", "))"
          : "; 'lattice plugin list' lists the stages there are")
      return Diagnostic(
        "E100", "there is no stage '\(id)'\(advice)", at: stage.use.mark,
        path: "\(stage.id.value).use", fix: near)
    }
  }

  private mutating func checkPorts(of stage: SpecStage) {
    guard let description = entries[stage.id.value]?.stage else { return }
    let ports = description.inputs
    var connected: Set<String> = []
    for connection in stage.inputs {
      let name = connection.port.value
      let path = "\(stage.id.value).in.\(name)"
      guard let port = ports.first(where: { $0.name == name }) else {
        let known = ports.map(\.name)
        let near = Suggestion.nearest(to: name, among: known)
        // What is only misspelt is not missing as well.
        if let near { connected.insert(near) }
        let advice =
          near.map { "; did you mean '\($0)'?" }
          ?? (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
        faults.append(
          Diagnostic(
            "E103", "\(description.id) has no input '\(name)'\(advice)", at: connection.port.mark,
            path: path, fix: near))
        continue
      }
      connected.insert(name)
      checkKind(port, connection, description, path)
    }
    for port in ports where !port.isOptional && !connected.contains(port.name) {
      let what = port.isFile ? "the name of the input" : EdgeCheck.text(port)
      faults.append(
        Diagnostic(
          "E104",
          "the input '\(port.name)' of '\(stage.id.value)' (\(description.id)) is not connected; it takes \(what)",
          at: stage.id.mark, path: "\(stage.id.value).in"))
    }
  }

  private mutating func checkKind(
    _ port: PortDescription, _ connection: SpecStage.Connection, _ description: StageDescription,
    _ path: String
  ) {
    let source = connection.source
    let parts = source.value.split(separator: ".").map(String.init)
    if parts.count == 1 {
      guard port.isFile else {
        faults.append(
          Diagnostic(
            "E106",
            "'\(port.name)' of \(description.id) takes \(EdgeCheck.text(port)), not files; connect it to a stage's output",
            at: source.mark, path: path))
        return
      }
      return
    }
    if port.isFile {
      let input = spec.input.map { "'\($0.name.value)'" } ?? "an input"
      faults.append(
        Diagnostic(
          "E105",
          "'\(port.name)' of \(description.id) takes files, not a tensor; connect it to \(input)",
          at: source.mark, path: path))
      return
    }
    guard parts.count == 2, let producer = entries[parts[0]]?.stage else { return }
    guard !producer.outputs.contains(where: { $0.name == parts[1] }) else { return }
    let known = producer.outputs.map(\.name)
    let near = Suggestion.nearest(to: parts[1], among: known)
    let advice =
      near.map { "; did you mean '\(parts[0]).\($0)'?" }
      ?? (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
    faults.append(
      Diagnostic(
        "E107", "'\(parts[0])' (\(producer.id)) has no output '\(parts[1])'\(advice)",
        at: source.mark, path: path, fix: near.map { "\(parts[0]).\($0)" },
        notes: self.spec(named: parts[0]).map {
          [Diagnostic.Note("'\(parts[0])' is set up here", at: $0.id.mark)]
        } ?? []))
  }

  /// Names of stages each stage reads from.
  private func producers(of stage: SpecStage) -> [String] {
    stage.inputs.compactMap { connection in
      let parts = connection.source.value.split(separator: ".")
      return parts.count == 2 ? String(parts[0]) : nil
    }
  }

  /// Stages so that each follows those it reads from, else in the order of the file; nil when something is missing
  /// or they go in a circle, which is added to the faults.
  var order: [SpecStage]? {
    mutating get {
      guard entries.count == spec.stages.count else { return nil }
      var placed: Set<String> = []
      var order: [SpecStage] = []
      while order.count < spec.stages.count {
        let ready = spec.stages.first { stage in
          !placed.contains(stage.id.value) && producers(of: stage).allSatisfy(placed.contains)
        }
        guard let ready else {
          reportCircle(among: spec.stages.filter { !placed.contains($0.id.value) })
          return nil
        }
        placed.insert(ready.id.value)
        order.append(ready)
      }
      return order
    }
  }

  private mutating func reportCircle(among stages: [SpecStage]) {
    guard var current = stages.first else { return }
    var path: [String] = []
    while !path.contains(current.id.value) {
      path.append(current.id.value)
      let names = producers(of: current)
      guard let next = stages.first(where: { names.contains($0.id.value) }) else { return }
      current = next
    }
    let circle = path.drop { $0 != current.id.value } + [current.id.value]
    faults.append(
      Diagnostic(
        "E108",
        "stages read from each other in a circle: \(circle.reversed().joined(separator: " → "))",
        at: current.id.mark, path: "stages"))
  }

  /// The stages with complete parameters; sizes of outputs are not known yet.
  ///
  /// - Parameters:
  ///   - order: The stages, sources first.
  ///   - base: Absolute folder that relative paths are resolved against.
  /// - Returns: One for each stage that was found.
  mutating func stages(in order: [SpecStage], base: String) -> [PlannedStage] {
    order.compactMap { stage in
      guard let entry = entries[stage.id.value] else { return nil }
      var check = ParameterCheck(stage, entry.stage, base: base)
      let parameters = check.complete()
      faults += check.faults
      var inputs: [String: PlannedStage.Source] = [:]
      for connection in stage.inputs {
        let parts = connection.source.value.split(separator: ".").map(String.init)
        inputs[connection.port.value] =
          parts.count == 2 ? .port(stage: parts[0], port: parts[1]) : .items
      }
      return PlannedStage(
        name: stage.id.value, plugin: entry.plugin, description: entry.stage,
        parameters: parameters, inputs: inputs, outputs: [:],
        checkpoint: stage.checkpoint.map {
          CheckpointPolicy(everySteps: $0.everySteps?.value, keep: $0.keep?.value)
        })
    }
  }

  /// Faults of connections whose two ends do not fit.
  func edgeFaults(_ stages: [PlannedStage]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for stage in stages {
      guard let consumer = spec(named: stage.name) else { continue }
      var inputs: [String: TensorSpec] = [:]
      for connection in consumer.inputs {
        guard case .port(let name, let port)? = stage.inputs[connection.port.value],
          let producer = spec(named: name),
          let output = entries[name]?.stage.outputs.first(where: { $0.name == port }),
          let input = stage.description.inputs.first(where: { $0.name == connection.port.value }),
          !input.isFile
        else { continue }
        let known = stages.first { $0.name == name }?.outputs[port]
        inputs[input.name] = known
        let edge = Edge(
          producer: producer, output: output, spec: known, consumer: consumer, input: input,
          mark: connection.source.mark)
        if let fault = EdgeCheck.fault(edge) { found.append(fault) }
      }
      if let fault = DimensionCheck.fault(consumer, stage.description, inputs: inputs) {
        found.append(fault)
      }
    }
    return found
  }

  /// Faults of the pipeline as a whole: no way in, no way out, work for nothing.
  var shapeFaults: [Diagnostic] {
    guard entries.count == spec.stages.count else { return [] }
    var found: [Diagnostic] = []
    let kinds = entries.values.map(\.stage.kind)
    if !kinds.contains(.source), !kinds.contains(.task) {
      found.append(
        Diagnostic(
          "E114", "no stage brings items in; a source such as image.read@1 has to come first",
          at: spec.stages.first?.id.mark, path: "stages"))
    }
    if !kinds.contains(.sink), !kinds.contains(.task) {
      found.append(
        Diagnostic(
          "W171", "no stage writes anything; add a sink such as image.write@1",
          at: spec.stages.last?.id.mark, severity: .warning, path: "stages"))
    }
    let read = Set(spec.stages.flatMap(producers))
    for stage in spec.stages {
      guard let kind = entries[stage.id.value]?.stage.kind, kind == .map || kind == .source,
        !read.contains(stage.id.value), kinds.contains(.sink)
      else { continue }
      found.append(
        Diagnostic(
          "W170", "nobody reads what '\(stage.id.value)' puts out", at: stage.id.mark,
          severity: .warning, path: stage.id.value))
    }
    let usesFiles = spec.stages.contains { stage in
      stage.inputs.contains { !$0.source.value.contains(".") }
    }
    // A port that needs files and has none is a fault of its own.
    let filePorts = entries.values.flatMap(\.stage.inputs).filter(\.isFile)
    if let input = spec.input, !usesFiles, !filePorts.isEmpty,
      filePorts.allSatisfy(\.isOptional)
    {
      found.append(
        Diagnostic(
          "E116", "no stage reads the files of the input '\(input.name.value)'",
          at: input.name.mark,
          path: "input"))
    }
    return found
  }
}

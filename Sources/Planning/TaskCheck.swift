import DurableFiles
import JobModel
import PipelineSpec
import YAML

/// What holds for tasks: they run alone, as one shard, and a model that one makes has a name that is free.
struct TaskCheck {
  private let spec: PipelineSpec
  private let stages: [PlannedStage]
  private let folder: String

  /// - Parameters:
  ///   - spec: As it was read.
  ///   - stages: All of its stages.
  ///   - folder: Where models are published.
  init(_ spec: PipelineSpec, _ stages: [PlannedStage], publishedModels folder: String) {
    self.spec = spec
    self.stages = stages
    self.folder = folder
  }

  private var tasks: [PlannedStage] { stages.filter { $0.description.kind == .task } }

  /// Where the model goes; nil when none is asked for.
  var model: ModelDestination? {
    spec.output?.model.map {
      ModelDestination(name: $0.name, version: $0.version, folder: folder)
    }
  }

  var faults: [Diagnostic] { mixtureFaults + checkpointFaults + modelFaults + shardFaults }

  /// A task runs for the whole job, and stages beside it would run item by item.
  private var mixtureFaults: [Diagnostic] {
    guard let task = tasks.first else { return [] }
    return stages.filter { $0.description.kind != .task }.map { stage in
      Diagnostic(
        "E117",
        "'\(stage.name)' (\(stage.description.id)) works item by item, and '\(task.name)' (\(task.description.id)) is a task that runs once for the whole job; give each a spec of its own",
        at: written(stage)?.id.mark, path: stage.name)
    }
  }

  private var checkpointFaults: [Diagnostic] {
    stages.filter { $0.description.kind != .task }.compactMap { stage in
      written(stage)?.checkpoint.map {
        Diagnostic(
          "E118",
          "'\(stage.name)' (\(stage.description.id)) is no task and keeps no checkpoints; delete 'checkpoint'",
          at: $0.mark, path: "\(stage.name).checkpoint")
      }
    }
  }

  private var modelFaults: [Diagnostic] {
    let makers = stages.filter(\.description.publishes)
    guard let model = spec.output?.model else {
      return makers.map { stage in
        Diagnostic(
          "E145",
          "'\(stage.name)' (\(stage.description.id)) makes a model, and nothing says what to call it; add 'output: { model: NAME }'",
          at: written(stage)?.id.mark, path: "output.model")
      }
    }
    guard let maker = makers.first else {
      return [
        Diagnostic(
          "E144", "no stage of this spec makes a model; delete 'model: \(model.text)'",
          at: model.mark, path: "output.model")
      ]
    }
    if let second = makers.dropFirst().first {
      return [
        Diagnostic(
          "E146",
          "'\(maker.name)' and '\(second.name)' both make a model, and a spec publishes one; give each a spec of its own",
          at: written(second)?.id.mark, path: second.name)
      ]
    }
    guard let version = model.version, let path = self.model?.path(version: version),
      Files.exists(path)
    else { return [] }
    return [
      Diagnostic(
        "E147",
        "there is a model \(model.text) already, and a version is never changed; write another version, or '\(model.name)' alone for the next one",
        at: model.mark, path: "output.model", fix: model.name)
    ]
  }

  private var shardFaults: [Diagnostic] {
    guard let items = spec.itemsPerShard, let task = tasks.first else { return [] }
    return [
      Diagnostic(
        "W176", "'\(task.name)' is a task and runs as one shard; 'shards' is not used",
        at: items.mark, severity: .warning, path: "shards.items")
    ]
  }

  private func written(_ stage: PlannedStage) -> SpecStage? {
    spec.stages.first { $0.id.value == stage.name }
  }
}

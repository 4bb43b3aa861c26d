import DurableFiles
import FileNames
import JobModel
import PipelineSpec
import YAML

/// Finds items, or stages, that would write files of the same name, names that are taken, and items whose names
/// can't be those of outputs.
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
  private let directory: FileName
  private var owners: [Int: (sink: Int, number: Int, id: FileName)] = [:]
  private var clashes: [(code: String, message: String, sink: Int)] = []
  /// Items that fail because of their names.
  private(set) var unnamed = Examples()
  private var firstUnnamedSink: Int?
  /// What the first item's outputs are called.
  private(set) var firstNames: [FileName] = []

  init(
    _ stages: [PlannedStage], _ surroundings: PlanSurroundings, jobName: String,
    _ policy: OutputPolicy
  ) {
    jobID = surroundings.jobID
    self.jobName = jobName
    directory = FileName(policy.directory)
    for stage in stages where stage.description.kind == .sink {
      let own = stage.parameters["exists"]?.stringValue.flatMap(OutputPolicy.Existing.init)
      for name in stage.nameTemplates {
        sinks.append(
          Sink(
            stage: stage, parameter: name.parameter, template: name.template,
            existing: own ?? policy.existing))
      }
    }
  }

  /// Takes in one item.
  func visit(_ item: Item) {
    guard let names = names(of: item) else { return }
    if firstNames.isEmpty { firstNames = names.map(\.name) }
    guard clashes.count < 10 else { return }
    for (index, name) in names { note(name, item, index, sinks[index]) }
  }

  /// The names that each sink gives an item's outputs; nil when the item can't have one of them.
  private func names(of item: Item) -> [(sink: Int, name: FileName)]? {
    var names: [(sink: Int, name: FileName)] = []
    for (index, sink) in sinks.enumerated() {
      let isOfItem = sink.template.dependsOnItem
      // A stage that gathers writes such a name once; one that works item by item writes it for each.
      guard isOfItem || item.number == 0 || !sink.stage.description.reduces else { continue }
      do throws(NameTemplateError) {
        let name = try sink.template.expanded(
          item: isOfItem ? item : nil, jobID: jobID, jobName: jobName)
        guard let fault = OutputPolicy.fault(ofPath: directory.appending(name)) else {
          names.append((index, name))
          continue
        }
        note(item, fault, index)
        return nil
      } catch {
        guard isOfItem else { continue }
        note(item, error.description, index)
        return nil
      }
    }
    return names
  }

  private func note(_ item: Item, _ fault: String, _ sink: Int) {
    firstUnnamedSink = firstUnnamedSink ?? sink
    unnamed.add(item.id.shown, fault)
  }

  private func note(_ name: FileName, _ item: Item, _ index: Int, _ sink: Sink) {
    if let first = owners[name.hashValue] {
      let isSame = first.sink == index
      clashes.append(
        (
          isSame ? "E140" : "E143",
          isSame
            ? "items '\(first.id.shown)' and '\(item.id.shown)' would both write '\(name.shown)'; put {item.dir}, {item.ext} or {item.number} into '\(sink.parameter)'"
            : "'\(sinks[first.sink].stage.name)' and '\(sink.stage.name)' would both write '\(name.shown)'; give them different names",
          index
        ))
      return
    }
    if owners.count < Self.limit { owners[name.hashValue] = (index, item.number, item.id) }
    let path = directory.appending(name)
    if sink.existing == .error, Files.exists(path) {
      clashes.append(
        (
          "E141",
          "the output '\(path.shown)' is there already; say 'exists: skip' or 'exists: replace', or choose another folder",
          index
        ))
    }
  }

  func faults(_ spec: PipelineSpec) -> [Diagnostic] {
    clashes.map { clash in
      Diagnostic(
        clash.code, clash.message, at: mark(clash.sink, spec), path: path(clash.sink))
    }
  }

  /// Where the template stands that gave the first item no name.
  func unnamedPlace(_ spec: PipelineSpec) -> (mark: SourceMark?, path: String?) {
    firstUnnamedSink.map { (mark($0, spec), path($0)) } ?? (nil, nil)
  }

  private func mark(_ index: Int, _ spec: PipelineSpec) -> SourceMark? {
    let sink = sinks[index]
    let stage = spec.stages.first { $0.id.value == sink.stage.name }
    return stage?.parameters?[sink.parameter]?.mark ?? stage?.id.mark
  }

  private func path(_ index: Int) -> String {
    "\(sinks[index].stage.name).params.\(sinks[index].parameter)"
  }
}

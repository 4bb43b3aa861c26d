import DurableFiles
import Glibc
import JobModel
import SampleFiles
import StageHost

/// A stage that is held against a rule, with a folder to work in.
final class Subject {
  let library: StageLibrary
  let stage: StageDescription
  let feed: RuleFeed
  let folder: String
  /// Outputs end at guard pages while a trial is looked for, too: the rest of the memory stays whole.
  var guardsOutputs = false
  private var suitable: Trial?
  private var trials = 0
  /// What calls changed that all stages share, in the order in which it was seen.
  private(set) var changes: [String] = []

  /// Notes what calls changed, each sentence once.
  func note(changes new: [String]) {
    for change in new where !changes.contains(change) { changes.append(change) }
  }

  /// Why a stage could not be made to work on samples.
  struct Unfit: Error {
    let reason: String
  }

  init(_ library: StageLibrary, _ stage: StageDescription, _ feed: RuleFeed, folder: String) {
    self.library = library
    self.stage = stage
    self.feed = feed
    self.folder = folder
  }

  /// Defaults, modest values where there are none, and a small packed set of pictures where a file has to be named.
  var usualParameters: JSONValue {
    get throws(FileError) {
      var given = feed.parameters
      for name in SampleParameters.requiredPaths(stage.parameterSchema) where given[name] == nil {
        given[name] = .string(try packedSet())
      }
      return SampleParameters.usual(stage.parameterSchema, over: given)
    }
  }

  /// A file of pictures, made when it is first asked for.
  private func packedSet() throws(FileError) -> String {
    let path = "\(folder)/sample.safetensors"
    if !Files.exists(path) {
      try Files.makeDirectory(folder)
      try AtomicFile.write(SamplePictureSet.bytes(pictures: 16, side: 12), to: path)
    }
    return path
  }

  /// What a sentence calls the stage.
  var name: String { "stage '\(stage.id)'" }

  var takesFiles: Bool { stage.inputs.contains(where: \.isFile) }

  /// A folder for one trial.
  func makeFolder() throws(FileError) -> String {
    trials += 1
    let path = "\(folder)/\(trials)"
    try Files.makeDirectory(path)
    return path
  }

  /// Kinds of items to try.
  func itemCandidates() throws(FileError) -> [SampleItems] {
    if !feed.items.isEmpty { return [SampleItems(name: "the files given", paths: feed.items)] }
    guard takesFiles || stage.kind == .task else { return [.none] }
    return try SampleItems.candidates(in: try makeFolder())
  }

  /// A trial that the stage does well: the first of the samples that its check and its work accept.
  ///
  /// - Throws: ``Unfit`` with a reason for each kind of item when there is none.
  func goodTrial() throws -> Trial {
    if let suitable { return suitable }
    if let reason = feed.missingModel(of: stage) { throw Unfit(reason: reason) }
    let parameters = try usualParameters
    var reasons: [String] = []
    for items in try itemCandidates() {
      var reason = ""
      for sizes in sizeCandidates {
        var trial = Trial(parameters: parameters, sizes: sizes, items: items)
        trial.models = feed.models
        trial.seed = feed.seed
        trial.guardsOutputs = guardsOutputs
        let promise = try check(trial)
        if let fault = promise.faults.first {
          reason = fault.message
          continue
        }
        trial.batches = batches(upTo: batchLimit(promise))
        let result = try run(trial)
        if result.isClean {
          suitable = trial
          return trial
        }
        reason = result.trouble ?? reason
      }
      reasons.append("\(items.name): \(reason)")
    }
    throw Unfit(reason: reasons.joined(separator: "; "))
  }

  /// Three items in batches of at most `limit`.
  func batches(upTo limit: Int) -> [[Int]] { limit == 1 ? [[0], [1], [2]] : [[0, 1], [2]] }

  /// Items that may travel together: 1 when sizes differ from item to item, as the planner has it.
  func batchLimit(_ promise: StageCheckResponse.Entry) -> Int {
    promise.outputs.values.contains { $0.shape.dropFirst().contains(-1) } ? 1 : 8
  }

  private var sizeCandidates: [SampleSizes] {
    let hasTensors = stage.inputs.contains { !$0.isFile }
    return hasTensors ? SampleSizes.candidates : [SampleSizes.candidates[0]]
  }

  /// Ports that are fed in a trial, with the types and the sizes of one item.
  func inputSpecs(_ trial: Trial) -> [(port: PortDescription, spec: TensorSpec)] {
    stage.inputs.filter { !$0.isFile && (trial.hasOptionalInputs || !$0.isOptional) }.map { port in
      let type = port.types[trial.typeChoice % port.types.count]
      let shape = [-1] + port.sampleShape(trial.sizes, feed.shapes[port.name])
      return (port, TensorSpec(type: type, shape: shape, semantic: port.semantic))
    }
  }

  /// What the stage says before a run.
  func check(_ trial: Trial) throws(StageLibraryError) -> StageCheckResponse.Entry {
    let specs = inputSpecs(trial).map { ($0.port.name, $0.spec) }
    let entry = StageCheckRequest.Entry(
      name: "trial", pluginPath: library.path, stageID: stage.id, parameters: trial.parameters,
      inputs: [:])
    return try StageCheck.check(
      entry, of: library, inputs: Dictionary(specs, uniquingKeysWith: { $1 })
    ) { note(changes: $0.names.map { "check changes \($0)" }) }
  }

  func planned(_ trial: Trial, _ outputs: [String: TensorSpec]) -> PlannedStage {
    PlannedStage(
      name: "trial",
      plugin: PluginFile(path: library.path, size: 0, mtimeNanoseconds: 0, sha256: ""),
      description: stage, parameters: trial.parameters, inputs: [:], outputs: outputs)
  }
}

import ArgumentParser
import Foundation
import JobModel
import PipelineSpec
import Planning

/// What a stage is tried with.
struct FeedOptions: ParsableArguments {
  @Option(help: "One stage of the plugin. Default: all.") var stage: String?
  @Option(
    help: "A file for its items; may be given several times.", completion: .file())
  var item: [String] = []
  @Option(help: "Parameters as a JSON object, over the defaults.") var params: String?
  @Option(help: "PORT=4x6x3: sizes of one item at an input; may be given several times.")
  var shape: [String] = []
  @Option(help: "SLOT=PATH of a model; may be given several times.", completion: .file())
  var model: [String] = []

  /// - Throws: `ValidationError` about what can't be read.
  func feed() throws -> RuleFeed {
    var feed = RuleFeed()
    feed.items = item.map(absolute)
    if let missing = feed.items.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      throw failure("there is no file '\(missing)'")
    }
    if let params {
      guard let value = try? JSONValue(parsing: Data(params.utf8)), let members = value.objectValue
      else { throw ValidationError("--params must be a JSON object, not \(params)") }
      feed.parameters = members
    }
    for text in shape {
      let (port, sizes) = try Self.pair(text, "--shape", "image=4x6x3")
      let numbers = sizes.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.allSatisfy({ $0 ?? -1 >= 0 }) else {
        throw ValidationError("--shape must be like image=4x6x3, not \(text)")
      }
      feed.shapes[port] = numbers.compactMap(\.self)
    }
    for text in model {
      let (slot, path) = try Self.pair(text, "--model", "weights=models/my")
      feed.models[slot] = absolute(path)
    }
    return feed
  }

  /// Holds `--params` against what the stages take, as `lattice check` does.
  ///
  /// - Throws: An exit code, after a sentence for each fault.
  func requireFitting(_ stages: [StageDescription]) throws {
    guard let params else { return }
    let faults = stages.flatMap {
      GivenParameters.faults(params, of: $0, base: absolute("."))
    }
    guard !faults.isEmpty else { return }
    for fault in faults { say("--params: error[\(fault.code)]: \(fault.message)") }
    if stages.count > 1 { say("--params goes to each stage of the plugin; --stage names one") }
    throw Outcome.rejected.exitCode
  }

  private static func pair(
    _ text: String, _ option: String, _ example: String
  ) throws -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw ValidationError("\(option) must be like \(example), not \(text)")
    }
    return (parts[0], parts[1])
  }
}

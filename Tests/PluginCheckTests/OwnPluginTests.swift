import Foundation
import JobModel
import StageCatalog
import Testing

/// Our own plugins hold all rules, warnings taken for faults.
@Suite struct OwnPluginTests {
  /// What a stage needs to work, where made-up samples do not do, by its id.
  private static let feeds: [String: RuleFeed] = {
    var tensors = RuleFeed()
    tensors.parameters = ["shape": .array([.int(4), .int(3)])]
    return ["tensor.read": tensors]
  }()

  /// Plugins of models and labels that don't hold all rules yet; `lattice plugin validate --strict` says which.
  private static let unproven: Set = [
    "distribution.stage.so", "label.stage.so", "tokenizer.stage.so", "uvim.stage.so",
  ]

  /// The `*.stage.so` beside the test bundle; `pipelines/tools/link-plugins` makes them.
  static let plugins: [String] = {
    let folder = BadPlugins.products.appending(path: "plugins").path()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".stage.so") && !unproven.contains($0) }.sorted().map {
      "\(folder)/\($0)"
    }
  }()

  @Test func areThere() {
    let names = Self.plugins.map { URL(filePath: $0).lastPathComponent }
    #expect(
      Set(names).isSuperset(of: ["fsq.stage.so", "image.stage.so", "tensor.stage.so"]),
      "link them first: pipelines/tools/link-plugins .build/debug")
  }

  @Test(arguments: plugins) func holdAllRulesStrictly(path: String) throws {
    let worker = try BadPlugins.worker
    let requests = try PluginValidator(worker: worker, feed: RuleFeed()).requests(path).get()
    for request in requests {
      let feed = Self.feeds[request.stageID ?? ""] ?? request.feed
      var request = request
      request.feed = feed
      let result = PluginValidator(worker: worker, feed: feed).answer(request).strict
      #expect(
        result.verdict != .failed,
        "\(request.stageID ?? path) \(request.rule.rawValue): \(result.faults.joined(separator: "; "))"
      )
    }
  }
}

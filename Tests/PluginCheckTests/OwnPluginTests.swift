import Foundation
import JobModel
import StageCatalog
import LatticeDriver
import Testing

/// Our own plugins hold all rules, warnings taken for faults.
@Suite(.blocking) struct OwnPluginTests {
  /// The `*.stage.so` beside the test bundle; `pipelines/tools/link-plugins` makes them.
  static let plugins: [String] = {
    let folder = BadPlugins.products.appending(path: "plugins").path()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".stage.so") }.sorted().map { "\(folder)/\($0)" }
  }()

  @Test func areThere() {
    let names = Self.plugins.map { URL(filePath: $0).lastPathComponent }
    #expect(
      Set(names).isSuperset(of: [
        "distribution.stage.so", "fsq.stage.so", "image.stage.so", "label.stage.so",
        "maskgit.stage.so", "scene.stage.so", "tensor.stage.so", "tokenizer.stage.so",
        "uvim.stage.so",
      ]),
      "link them first: pipelines/tools/link-plugins .build/debug")
  }

  @Test(arguments: plugins) func holdAllRulesStrictly(path: String) throws {
    var feed = RuleFeed()
    // Debug builds beside other tests; what has no bound is what is held against them.
    feed.slack = 50
    let validator = PluginValidator(worker: try BadPlugins.worker, feed: feed)
    for request in try validator.requests(path).get() {
      let result = validator.answer(request).strict
      #expect(
        result.verdict != .failed,
        "\(request.stageID ?? path) \(request.rule.rawValue): \(result.faults.joined(separator: "; "))"
      )
    }
  }
}

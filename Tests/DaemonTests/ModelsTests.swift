import Foundation
import JobModel
import LatticeDriver
import Testing

/// Models as the command line finds, shows and imports them.
@Suite(.blocking) struct ModelsTests {
  /// A folder with a spool, the plugin of `counter.c` and two files to import.
  private final class Bench {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "lattice-models-\(UUID().uuidString)")

    init() throws {
      try TroublePlugins.build(into: root.appending(path: "spool/plugins"))
      try write("weights.npz", "weights")
      try write("config.json", "{}")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func write(_ name: String, _ text: String) throws {
      let path = root.appending(path: name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
    }

    func models(_ arguments: [String]) throws -> Lattice.Output {
      try Lattice.run(
        ["models"] + arguments + ["--spool", root.appending(path: "spool").path()], in: root)
    }

    func given(_ path: String) throws -> JSONValue? {
      let data = try Data(contentsOf: root.appending(path: "spool/models/\(path)/config.json"))
      return try JSONValue(parsing: data)["given"]
    }
  }

  @Test func importsByTheStageOfTheKind() throws {
    let bench = try Bench()
    let output = try bench.models([
      "import", "counter", "weights.npz", "--config", "config.json", "--name", "mine@2",
    ])
    #expect(output.status == 0, "\(output.talk)")
    #expect(output.talk.contains("imported mine@2 into "), "\(output.talk)")
    let given = try bench.given("mine/2")
    let root = bench.root.resolvingSymlinksInPath().path()
    #expect(given?["files"] == .array([.string("\(root)/weights.npz")]), "\(given as Any)")
    #expect(given?["config"] == .string("\(root)/config.json"))
    #expect(given?["task"] == .string("none"))
    #expect(
      try bench.models(["verify", "mine@2"]).talk == "mine@2: 1 files are as they were\n")
    #expect(try bench.models(["list"]).data.contains("mine@2"))
    let again = try bench.models([
      "import", "counter", "weights.npz", "--config", "config.json", "--name", "mine@2",
    ])
    #expect(again.status == 2)
    #expect(again.talk.contains("there is a model mine@2 already"), "\(again.talk)")
  }

  @Test func aSecondWordIsTheTask() throws {
    let bench = try Bench()
    for version in 1...2 {
      let output = try bench.models([
        "import", "counter", "depth", "weights.npz", "config.json", "--config", "config.json",
        "--json",
      ])
      #expect(output.status == 0, "\(output.talk)")
      #expect(output.data.contains("\"counter-depth@\(version)\""), "\(output.data)")
    }
    let given = try bench.given("counter-depth/1")
    #expect(given?["task"] == .string("depth"))
    #expect(given?["files"]?.arrayValue?.count == 2)
  }

  @Test(arguments: [
    (
      ["conter", "weights.npz"],
      "error: nothing can import 'conter'; did you mean 'counter'?\n"
    ),
    (
      ["onnx", "weights.npz"],
      "error: nothing can import 'onnx'; the kinds there are: counter, maskgit-tokenizer, maskgit, uvim\n"
    ),
    (["counter"], "error: name the checkpoint's files after 'counter'\n"),
    (["counter", "depth"], "error: name the checkpoint's files after 'counter'\n"),
    (["counter", "weights.npz", "more.npz"], "error: there is no file 'more.npz'\n"),
    (
      ["counter", "weights.npz", "--config", "gone.json"],
      "error: there is no file 'gone.json'\n"
    ),
    (
      ["counter", "weights.npz"],
      """
      error: 'import' (counter.import) needs the parameter 'config': Its architecture.
      'lattice plugins counter.import' tells what it takes

      """
    ),
  ])
  func saysWhatIsWrong(arguments: [String], talk: String) throws {
    let bench = try Bench()
    let output = try bench.models(["import"] + arguments)
    #expect(output.status == 2)
    #expect(
      output.talk.split(separator: "\n").filter { !$0.contains("warning") }.map { "\($0)\n" }
        .joined() == talk)
    #expect(!FileManager.default.fileExists(atPath: "\(bench.root.path())/spool/models/counter"))
  }

  @Test func listsTheKinds() throws {
    let output = try Bench().models(["import"])
    #expect(output.status == 0)
    #expect(output.data.contains("counter"), "\(output.data)")
  }

  /// The spool's first, then those of LATTICE_MODELS in their order.
  @Test func looksInEveryFolder() throws {
    let bench = try Bench()
    try bench.write("spool/models/a/1/MANIFEST", "")
    try bench.write("more/a/1/MANIFEST", "")
    try bench.write("more/b/10/MANIFEST", "")
    try bench.write("more/b/9/MANIFEST", "")
    setenv("LATTICE_MODELS", "/nowhere:\(bench.root.path())/more", 1)
    defer { unsetenv("LATTICE_MODELS") }
    let output = try bench.models(["list", "--json"])
    let models = try #require(
      try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]])
    let ours = models.filter { ($0["path"] as? String)?.contains("lattice-models-") == true }
    #expect(ours.map { $0["reference"] as? String } == ["a@1", "b@9", "b@10"])
    #expect((ours.first?["path"] as? String)?.contains("/spool/models/") == true)
    let doctor = try Lattice.run([
      "doctor", "--spool", bench.root.appending(path: "spool").path(),
    ])
    #expect(doctor.data.contains("/nowhere (not there)"), "\(doctor.data)")
    #expect(doctor.data.contains("/more (2)"), "\(doctor.data)")
  }
}

import Foundation
import LatticeDriver
import Testing

/// `run` and ctrl-C.
@Suite(.blocking) struct InterruptTests {
  private let scene: Scene

  init() throws { scene = try Scene.fresh() }

  private func run(_ spec: String, _ options: String...) throws -> BuiltProgram {
    try scene.start("lattice", ["run", spec, "--plugins", "plugins", "--slots", "1"] + options)
  }

  /// Once stops the run in good order, and the same command goes on.
  @Test(arguments: [SIGINT, SIGTERM]) func onceStopsInGoodOrder(_ signal: Int32) throws {
    try scene.write("slow.yaml", Scene.kept(name: "slow", count: 4, more: "params: { pause: 150 }"))
    let run = try run("slow.yaml", "-q")
    try run.waitUntil("an item is done") { scene.exists("slow/000000.npy") }
    run.send(signal)
    let output = try run.wait()
    #expect(output.status == 4, "\(output.talk)")
    #expect(output.talk == "stopped; the same command goes on from here\n")
    #expect(output.data.isEmpty)
    let list = try scene.lattice("ps", "--json", "--spool", ".lattice/slow")
    #expect(list.data.contains("\"state\" : \"queued\""), "\(list.data)")
    let again = try self.run("slow.yaml", "-q").wait()
    #expect(again.status == 0, "\(again.talk)")
    #expect(scene.names("slow").count == 4)
    #expect(scene.names(".lattice/slow/jobs").count == 1)
  }

  /// A stage that does not listen has ten seconds to end; a second ctrl-C gives it none.
  @Test func twiceEndsItAtOnce() throws {
    try scene.write(
      "meets.yaml",
      Scene.meets(name: "meets", folder: scene.path("met")).replacing("count: 2", with: "count: 1"))
    let run = try run("meets.yaml", "-q")
    try run.waitUntil("a stage is at work") { !scene.names("met").isEmpty }
    run.send(SIGINT)
    usleep(100_000)
    #expect(run.isRunning, "the stage waits for ever")
    run.send(SIGINT)
    let output = try run.wait()
    #expect(output.status == 4, "\(output.talk)")
    // It did not wait for the worker's end, which would have been recorded.
    let list = try scene.lattice("ps", "--json", "--spool", ".lattice/meets")
    #expect(list.data.contains("\"state\" : \"running\""), "\(list.data)")
    // The worker goes with it, and what was begun can be taken up.
    let root = scene.root.path()
    try run.waitUntil("no worker is left") { processes(mentioning: root) == 0 }
  }

  /// Processes with a text among their arguments.
  private func processes(mentioning text: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.count { name in
      guard Int32(name) != nil,
        let line = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
      else { return false }
      return String(decoding: line, as: UTF8.self).contains(text)
    }
  }
}

import Foundation
import JobModel
import LatticeDriver
import Testing

/// A plugin may print: what it says is not taken for an answer.
@Suite(.blocking) struct TalkativePluginTests {
  @Test func itIsDescribedCheckedAndRun() throws {
    let daemon = try Daemon()
    try FixturePlugin.compile(
      "talkative.c", to: daemon.root.appending(path: "plugins/talkative.stage.so"))
    try FixturePlugin.compile("ramp.c", to: daemon.root.appending(path: "plugins/ramp.stage.so"))
    let list = try Lattice.run(["plugin", "list", "--plugins", "plugins"], in: daemon.root)
    #expect(list.status == 0, "\(list.talk)")
    #expect(list.data.contains("talkative.copy"), "\(list.data)")
    try Data(
      """
      version: 1
      name: job
      input: { n: { count: 2 } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: copy, use: talkative.copy@1, in: { image: make.image } }
        - { id: save, use: tensor.write@1, in: { tensor: copy.image }, params: { name: "{item.number}.npy" } }
      """.utf8
    ).write(to: daemon.root.appending(path: "job.yaml"))
    let run = try Lattice.run(
      ["run", "job.yaml", "--plugins", "plugins", "--json", "--quiet"], in: daemon.root)
    #expect(run.status == 0, "\(run.talk)")
    let result = try JSONDecoder().decode(JobResult.self, from: Data(run.data.utf8))
    #expect(result.state == .succeeded)
    #expect(result.filesWritten == 2)
  }
}

import Foundation
import JobModel
import LatticeDriver
import Testing

/// What is made durable, and before what: read from the notes that the built programs take of each sync and rename.
@Suite(.blocking) struct SyncOrderTests {
  /// Lines `sync PATH` and `rename NEW-PATH`, in order.
  private struct Notes {
    let lines: [String]

    /// Place of the first line; nil when there is none.
    func place(_ line: String, after start: Int = -1) -> Int? {
      lines.indices.first { $0 > start && lines[$0] == line }
    }

    /// Expects lines to be there in this order, others between them.
    func haveInOrder(
      _ wanted: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
      var place = -1
      for line in wanted {
        let next = self.place(line, after: place)
        #expect(
          next != nil, "'\(line)' is missing after '\(place < 0 ? "the start" : lines[place])'",
          sourceLocation: sourceLocation)
        place = next ?? place
      }
    }
  }

  private static func path(of daemon: Daemon) -> String {
    let path = daemon.root.resolvingSymlinksInPath().path()
    return path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Runs a job whose results go to a folder that is made for it, three deep.
  private func run() throws -> (notes: Notes, daemon: Daemon, result: JobResult, out: String) {
    let daemon = try Daemon()
    let root = Self.path(of: daemon)
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try FileManager.default.createDirectory(
      atPath: daemon.spool.path, withIntermediateDirectories: true)
    try Data(#"{"allowedOutputs": ["\#(root)/results"]}"#.utf8).write(
      to: URL(filePath: daemon.spool.configuration))
    let notes = "\(root)/notes"
    try daemon.start(environment: ["LATTICE_NOTE_SYNCS": notes])
    let out = "\(root)/results/one/two"
    try daemon.drop(
      "a.yaml",
      """
      version: 1
      name: a
      input: { data: { files: [in.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2] } }
        - { id: save, use: tensor.write@1, in: { tensor: read.tensor }, params: { name: "deep/er/{item.stem}.npy" } }
      output: { dir: \(out) }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(daemon.log)")
    daemon.stop()
    let text = try String(contentsOfFile: notes, encoding: .utf8)
    return (Notes(lines: text.split(separator: "\n").map(String.init)), daemon, result, out)
  }

  @Test func everyStepIsDurableBeforeTheNext() throws {
    let (notes, daemon, result, out) = try run()
    let spool = daemon.spool
    let (claim, job) = ("\(spool.jobs)/.new-\(result.id)", spool.job(result.id))
    // A spec is taken: its new place and that of the folder are durable before its old one is.
    notes.haveInOrder(
      "rename \(claim)/drop.a.yaml", "sync \(claim)", "sync \(spool.jobs)",
      "sync \(spool.incoming)",
      "sync \(claim)/spec.yaml.tmp", "rename \(claim)/spec.yaml", "sync \(claim)",
      "sync \(claim)/resolved.json.tmp", "rename \(claim)/resolved.json", "sync \(claim)",
      "rename \(job.path)", "sync \(spool.jobs)", "sync \(job.path)")
    // Each folder that is made is durable in the one above.
    let root = Self.path(of: daemon)
    let results = "\(root)/results"
    notes.haveInOrder("sync \(root)", "sync \(results)", "sync \(results)/one")
    notes.haveInOrder("sync \(out)", "sync \(out)/deep", "rename \(out)/deep/er/in.npy")
    // A shard: bytes, names, folders, and the report last.
    let written = "\(job.temporary(shard: 0, attempt: 1))/files/deep/er/in.npy"
    let done = job.done(shard: 0)
    notes.haveInOrder(
      "sync \(written)", "rename \(out)/deep/er/in.npy", "sync \(out)/deep/er",
      "sync \(done).tmp", "rename \(done)", "sync \(job.shards)")
    notes.haveInOrder("sync \(job.path)", "sync \(done).tmp")
    // The result is whole before it can be seen.
    notes.haveInOrder(
      "sync \(job.result).new.tmp", "rename \(job.result).new", "rename \(job.result)",
      "sync \(job.path)")
  }
}

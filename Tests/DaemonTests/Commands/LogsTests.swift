import Foundation
import JobModel
import LatticeDriver
import Testing

/// What `logs` prints of a job's lines, and when.
@Suite(.blocking) struct LogsTests {
  private func lines(_ words: String...) throws -> [String] {
    let scene = try Scene.make(.frozen)
    let output = try scene.start("lattice", ["logs"] + words).wait()
    #expect(output.status == 0, "\(output.talk)")
    return output.data.split(separator: "\n").map(String.init)
  }

  /// Without the time of a line.
  private func texts(_ lines: [String]) -> [Substring] {
    lines.map { $0.dropFirst("2026-12-01T02:55:19Z ".count) }
  }

  @Test func allLinesComeInTheOrderOfTime() throws {
    let all = try lines("part")
    #expect(all.count == 5)
    #expect(all == all.sorted { $0.prefix(20) < $1.prefix(20) })
    #expect(
      Set(texts(all)).isSuperset(of: [
        "info worker 0.1 attempt 1 at shard 0 begins",
        "info worker 1.1 attempt 1 at shard 1 begins",
        "info worker 0.1 shard 0 is published: 1 done, 0 failed, 1 files",
        "info worker 1.1 shard 1 is published: 0 done, 1 failed, 0 files",
      ]))
    let faults = texts(all).filter { $0.hasPrefix("error read 1.1 [bad.npy] ") }
    #expect(faults.count == 1)
    #expect(
      faults.first?.hasSuffix("is neither .npy nor .safetensors, going by its first bytes") == true)
  }

  @Test func filtersTakeAwayWhatIsNotMeant() throws {
    #expect(try lines("part", "--stage", "save").isEmpty)
    #expect(try lines("part", "--stage", "read").count == 1)
    #expect(try lines("part", "--item", "in.npy").isEmpty)
    #expect(try lines("part", "--item", "bad.npy").count == 1)
    #expect(try lines("part", "--shard", "1").count == 3)
    #expect(try lines("part", "--shard", "2").isEmpty)
    #expect(try lines("part", "--attempt", "1").count == 5)
    #expect(try lines("part", "--attempt", "2").isEmpty)
    #expect(try lines("part", "--shard", "0", "--item", "bad.npy").isEmpty)
    #expect(try lines("part", "--shard", "1", "--item", "bad.npy", "--stage", "read").count == 1)
    #expect(
      texts(try lines("crash", "--attempt", "3")) == [
        "info worker 1.3 attempt 3 at shard 1 begins, item by item",
        "info worker 1.3 shard 1 is published: 0 done, 1 failed, 0 files",
      ])
    #expect(try lines("crash", "--attempt", "1").count == 3)
    #expect(try lines("crash", "--shard", "1", "--attempt", "1").count == 1)
  }

  @Test(arguments: [(0, 0), (1, 1), (4, 4), (5, 5), (6, 5), (1000, 5)])
  func theTailIsOfTheEnd(_ tail: Int, _ count: Int) throws {
    let scene = try Scene.make(.frozen)
    let all = try lines("part")
    let output = try scene.lattice("logs", "part", "--tail=\(tail)")
    #expect(output.status == 0)
    #expect(output.data.split(separator: "\n").map(String.init) == all.suffix(count))
    let left = all.count - count
    #expect(
      output.talk
        == (left == 0
          ? "" : "(\(left) earlier lines left out; --tail shows the last \(tail))\n"))
  }

  /// Lines of a copy, made as old as they are to be.
  @Test func linesMayBeTooOld() throws {
    let scene = try Scene.make(.copy)
    let now = Int(Date().timeIntervalSince1970 * 1000)
    let log = try scene.job("good").workerLog(shard: 0, attempt: 1)
    let ages = [10 * 86_400, 5 * 3600, 40 * 60, 60].map { $0 * 1000 }
    let text = ages.map {
      "{\"level\":\"info\",\"message\":\"of \($0 / 1000) s ago\",\"milliseconds\":\(now - $0)}\n"
    }
    try Data(text.joined().utf8).write(to: URL(filePath: log))
    for (since, count) in [
      ("11d", 4), ("9d", 3), ("6h", 3), ("4h", 2), ("1h", 2), ("50m", 2), ("30m", 1), ("1800s", 1),
      ("1s", 0),
    ] {
      let output = try scene.lattice("logs", "good", "--since", since)
      #expect(output.data.split(separator: "\n").count == count, "\(since): \(output.data)")
    }
  }

  @Test func whatWorkersSaidComesLast() throws {
    let plain = try lines("crash", "--shard", "1")
    let all = try lines("crash", "--shard", "1", "--stderr")
    #expect(Array(all.prefix(plain.count)) == plain)
    let heads = all.filter { $0.hasPrefix("--- ") }
    #expect(
      heads == ["--- shard-0001/attempt-1/stderr.txt", "--- shard-0001/attempt-2/stderr.txt"])
    #expect(all.contains { $0.contains("abort") })
  }

  /// A line written in the last moment is printed, too, though nothing is asked of the journal after the job's end.
  @Test func followingGoesOnToTheEnd() throws {
    let scene = try Scene.make(.live)
    let name = "follow-\(UUID().uuidString.lowercased())"
    let place = "met-\(name)"
    try FileManager.default.createDirectory(
      atPath: scene.path(place), withIntermediateDirectories: true)
    try scene.write(
      "\(name).yaml",
      Scene.meets(name: name, folder: scene.path(place)).replacing("count: 2", with: "count: 1"))
    #expect(try scene.lattice("submit", "\(name).yaml", "--plugins", "plugins").status == 0)
    let logs = try scene.start("lattice", ["logs", name, "--follow"])
    try logs.waitUntil("the first line comes") {
      logs.printed.contains("attempt 1 at shard 0 begins\n")
    }
    #expect(logs.isRunning)
    // It sleeps while the job ends, and finds both the end and the last lines when it wakes.
    logs.send(SIGSTOP)
    try scene.write("\(place)/other", "")
    #expect(try scene.lattice("wait", name, "-q").status == 0)
    logs.send(SIGCONT)
    let output = try logs.wait()
    #expect(output.status == 0, "\(output.talk)")
    #expect(
      texts(output.data.split(separator: "\n").map(String.init)) == [
        "info worker 0.1 attempt 1 at shard 0 begins",
        "info worker 0.1 shard 0 is published: 1 done, 0 failed, 1 files",
      ])
  }
}

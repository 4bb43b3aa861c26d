import FoundationEssentials
import Glibc
import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct DaemonLogTests {
  private let folder = "/tmp/lattice-log-\(UUID().uuidString)"

  init() { mkdir(folder, 0o755) }

  @Test func theFileHoldsOneObjectALine() throws {
    let path = "\(folder)/latticed.log"
    let log = DaemonLog(format: .text, path: path, printsToStandardError: false)
    let job = try #require(JobID("20261123-140502-k3x9ab"))
    log.write("started\nwell", job: job)
    log.write("oh", level: .warning)
    let lines = try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n")
    let decoded = try lines.map { try JSONDecoder().decode(LogLine.self, from: Data($0.utf8)) }
    #expect(decoded.map(\.message) == ["started\nwell", "oh"])
    #expect(decoded.map(\.level) == [.info, .warning])
    #expect(decoded.first?.fields?["job"]?.stringValue == job.text)
  }

  @Test func noLineSteersTheTerminal() throws {
    let path = "\(folder)/latticed.log"
    let log = DaemonLog(format: .text, path: path, printsToStandardError: false)
    log.write("wipe \u{1B}[2J \u{9B}2J \u{202E}drow")
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    #expect(
      text.contains(#""message":"wipe \u001b[2J \u009b2J \u202edrow""#)
        || text.contains(#""message":"wipe \u001B[2J \u009b2J \u202edrow""#), "\(text)")
  }

  @Test func theFileNeverGrowsTooLarge() throws {
    let path = "\(folder)/latticed.log"
    let log = DaemonLog(format: .text, path: path, printsToStandardError: false)
    let line = String(repeating: "x", count: 100_000)
    for _ in 0..<100 { log.write(line) }
    for name in [path, path + ".1"] {
      let size = try FileManager.default.attributesOfItem(atPath: name)[.size] as? UInt64
      let bytes = try #require(size)
      #expect(bytes < DaemonLog.largestFile + 200_000)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
  }
}

import ArgumentParser
import Foundation

/// What the daemon adds to a job that does next to nothing: from hand-in to the recorded end.
struct OverheadBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "overhead",
    abstract: "Milliseconds from handing in a tiny job to its end.",
    discussion: """
      Starts a daemon on a throw-away spool and submits jobs of one tiny tensor each, one after the other.

      Example: lattice-bench overhead --jobs 200
      """)

  @Option(help: "Jobs to hand in.") var jobs = 100
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let daemon = try startDaemon(scratch)
    defer {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    try writeTinyTensor(scratch.path("in.npy"))
    let incoming = URL(filePath: scratch.path("spool/incoming"))
    var milliseconds: [Double] = []
    for number in 0..<jobs + 3 {
      let elapsed = try oneJob(number, incoming: incoming, scratch: scratch)
      if number >= 3 { milliseconds.append(elapsed) }
    }
    Report.figure(
      "overhead of a tiny job, \(jobs) jobs", Spread(milliseconds), unit: "ms", json: json)
  }

  /// Hands in one job by rename and waits for its result file.
  private func oneJob(_ number: Int, incoming: URL, scratch: ScratchFolder) throws -> Double {
    let name = "tiny-\(number)"
    let text = """
      version: 1
      name: \(name)
      input: { data: { files: [\(scratch.path("in.npy"))] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2] } }
        - { id: save, use: tensor.write@1, in: { tensor: read.tensor } }
      """
    let staged = incoming.appending(path: "tmp/\(name).yaml")
    try Data(text.utf8).write(to: staged)
    let before = Set(finishedJobs(scratch))
    let clock = ContinuousClock()
    let start = clock.now
    try FileManager.default.moveItem(at: staged, to: incoming.appending(path: "\(name).yaml"))
    while clock.now - start < .seconds(30) {
      if !Set(finishedJobs(scratch)).subtracting(before).isEmpty {
        return (clock.now - start) / .milliseconds(1)
      }
      usleep(500)
    }
    throw CommandFailed(
      command: ["latticed"], status: 0, output: "'\(name)' did not end within 30 s")
  }

  private func finishedJobs(_ scratch: ScratchFolder) -> [String] {
    let jobs = scratch.path("spool/jobs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: jobs)) ?? []
    return names.filter { FileManager.default.fileExists(atPath: "\(jobs)/\($0)/result.json") }
  }

  private func startDaemon(_ scratch: ScratchFolder) throws -> Process {
    let daemon = Process()
    daemon.executableURL = Shell.siblings.appending(path: "latticed")
    daemon.arguments = ["--spool", scratch.path("spool")]
    daemon.standardError = FileHandle.nullDevice
    try daemon.run()
    for _ in 0..<100 {
      if FileManager.default.fileExists(atPath: scratch.path("spool/incoming/tmp")) {
        return daemon
      }
      usleep(50_000)
    }
    return daemon
  }

  /// Two zeros in numpy's format.
  private func writeTinyTensor(_ path: String) throws {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    header += String(repeating: " ", count: 127 - 10 - header.utf8.count) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    bytes += Array(header.utf8) + [UInt8](repeating: 0, count: 8)
    try Data(bytes).write(to: URL(filePath: path))
  }
}

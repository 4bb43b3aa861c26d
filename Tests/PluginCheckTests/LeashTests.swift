import Foundation
import Glibc
import JobModel
import LatticeDriver
import Testing

/// A child that spins in a plugin does not outlive who started it, and does not spin for ever.
@Suite(.blocking) struct LeashTests {
  private func start(
    _ program: String, _ arguments: [String], input: Data = Data(),
    variables: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: input)
    try pipe.fileHandleForWriting.close()
    return process
  }

  private func request() throws -> Data {
    let request = RuleRequest(
      rule: .outputs, pluginPath: try BadPlugins.build("spins"), stageID: "spins.forever",
      feed: RuleFeed())
    return try JSONEncoder().encode([request])
  }

  @Test func diesWithItsParent() throws {
    let lattice = BadPlugins.products.appending(path: "lattice").path()
    let parent = try start(
      lattice,
      [
        "plugin", "validate", try BadPlugins.build("spins", as: "spins-orphan"), "--rule",
        "outputs",
      ]
    )
    var child: Int32?
    let end = ContinuousClock.now + .seconds(60)
    while child == nil, parent.isRunning, ContinuousClock.now < end {
      usleep(20_000)
      child = ProcessView.children(of: parent.processIdentifier).first {
        ProcessView.arguments(of: $0).contains("rule")
      }
    }
    let worker = try #require(child)
    kill(parent.processIdentifier, SIGKILL)
    parent.waitUntilExit()
    for _ in 0..<500 where ProcessView.isRunning(worker) { usleep(10_000) }
    #expect(!ProcessView.isRunning(worker))
  }

  @Test func diesOfTooMuchProcessorTime() throws {
    let leash = ChildLeash(parent: getpid(), cpuSeconds: 1)
    let child = try start(
      BadPlugins.worker, ["rule"], input: try request(),
      variables: [ChildLeash.variable: leash.text])
    child.waitUntilExit()
    #expect(child.terminationReason == .uncaughtSignal)
    // A thread that blocks signals, such as the one that started it here, hands that on.
    #expect([SIGXCPU, SIGKILL].contains(child.terminationStatus))
  }

  /// Its parent died before it could tie itself.
  @Test func leavesWhenItsParentIsGoneAlready() throws {
    let leash = ChildLeash(parent: 1, cpuSeconds: 1)
    let child = try start(
      BadPlugins.worker, ["rule"], input: try request(),
      variables: [ChildLeash.variable: leash.text])
    child.waitUntilExit()
    #expect(child.terminationReason == .exit)
    #expect(child.terminationStatus == 76)
  }

  @Test(arguments: [
    "", "1", "1:", ":1", "0:1", "1:0", "-1:5", "1:2:0", "1:2:x", "1:2:3:4", "one:two",
  ])
  func aLeashIsAProcessAndSeconds(text: String) { #expect(ChildLeash(text) == nil) }

  @Test func aLeashIsReadAsItWasWritten() {
    let leash = ChildLeash(parent: 4711, cpuSeconds: 60)
    #expect(leash.text == "4711:60")
    #expect(ChildLeash(leash.text) == leash)
    let bounded = ChildLeash(parent: 4711, cpuSeconds: 60, memoryBytes: 1 << 30)
    #expect(bounded.text == "4711:60:1073741824")
    #expect(ChildLeash(bounded.text) == bounded)
  }
}

import Foundation
import JobModel
import LatticeDriver
import Testing

/// A worker that wants more memory than it may have says that, whichever way it asks.
@Suite(.blocking) struct MemoryTests {
  private func failures(
    _ stage: String, memory: String, count: Int = 1
  ) throws -> [AttemptFailure] {
    let daemon = try Daemon()
    let plugins = daemon.root.appending(path: "plugins")
    try FixturePlugin.compile("hungry.cpp", to: plugins.appending(path: "hungry.stage.so"))
    try FixturePlugin.compile("ramp.c", to: plugins.appending(path: "ramp.stage.so"))
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: \(count) } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: want, use: hungry.\(stage)@1, in: { image: make.image } }
        - { id: save, use: tensor.write@1, in: { tensor: want.image }, params: { name: "{item.number}.npy" } }
      limits: { memory: \(memory), batch: 1, cpus: 2 }
      retry: { attempts: 1 }
      """)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    return result.failedAttempts.map(\.failure)
  }

  @Test(arguments: ["shared", "file"])
  func sharedMemoryCounts(_ stage: String) throws {
    let failures = try failures(stage, memory: "256MiB")
    #expect(!failures.isEmpty)
    for failure in failures {
      #expect(failure.kind == .noMemory, "\(failure)")
      #expect(failure.stage == "want")
      #expect(
        failure.message.hasPrefix("used ") && failure.message.hasSuffix(" of its 256 MiB limit"),
        "\(failure.message)")
    }
  }

  /// Who writes to what it was not given dies of want of memory, on whatever thread.
  @Test(arguments: [
    ("write", "0x0"), ("loop", "0x0"), ("thread", "0x0"), ("host", "0x0"),
    ("map", "0xffffffffffffffff"),
  ])
  func aRefusalThatNobodyMindedIsSaid(_ stage: String, address: String) throws {
    let failures = try failures(stage, memory: "256MiB")
    #expect(!failures.isEmpty)
    for failure in failures {
      #expect(failure.kind == .noMemory, "\(failure)")
      // A thread of the plugin's own can outlive the call that it belongs to; then nobody is blamed.
      #expect(failure.stage == "want" || (stage == "thread" && failure.stage == nil))
      #expect(failure.signal == "SIGSEGV")
      #expect(
        failure.message
          == "was refused memory, went on without it and was ended by SIGSEGV at address \(address); its limit is 256 MiB"
      )
    }
  }

  /// A refusal in an earlier call, or an address that is none, explains no crash.
  @Test(arguments: [("later", 2), ("wild", 1)])
  func otherCrashesAreNoWantOfMemory(_ stage: String, count: Int) throws {
    let failures = try failures(stage, memory: "256MiB", count: count)
    #expect(!failures.isEmpty)
    for failure in failures {
      #expect(failure.kind == .crashed, "\(failure)")
      #expect(
        failure.message.hasPrefix("the worker was ended by SIGSEGV"), "\(failure.message)")
    }
  }

  @Test func anAllocationThatNobodyCaughtIsSaid() throws {
    let failures = try failures("throw", memory: "256MiB")
    #expect(!failures.isEmpty)
    for failure in failures {
      #expect(failure.kind == .noMemory, "\(failure)")
      #expect(failure.stage == "want")
      #expect(failure.signal == "SIGABRT")
      #expect(
        failure.message
          == "ran out of memory: terminate called after throwing an instance of 'std::bad_alloc'; its limit is 256 MiB"
      )
    }
  }
}

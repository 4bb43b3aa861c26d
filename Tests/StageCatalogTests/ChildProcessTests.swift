import DurableFiles
import Glibc
import StageCatalog
import LatticeDriver
import Testing

extension ChildTests {
  @Suite(.blocking) struct ChildProcessTests {
    private func shell(
      _ script: String, input: [UInt8] = [], seconds: Double = 20
    ) throws -> ChildProcess.Output {
      try ChildProcess.run("/bin/sh", ["-c", script], input: input, seconds: seconds)
    }

    @Test func inputAndOutputAreBytes() throws {
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let output = try shell("cat", input: bytes)
      #expect(output.ending == .exited(0))
      #expect(output.data == bytes)
      #expect(output.talk == "")
    }

    @Test(arguments: [0, 1, 3, 127, 255]) func exitCodesAreKept(_ code: Int32) throws {
      #expect(try shell("exit \(code)").ending == .exited(code))
    }

    @Test(arguments: ["TERM", "KILL", "SEGV", "BUS", "ILL", "FPE"])
    func signalsAreNamed(_ name: String) throws {
      #expect(try shell("kill -\(name) $$").ending == .signalled("SIG\(name)"))
    }

    @Test func talkIsTheEndOfStandardError() throws {
      let output = try shell("echo out; seq 1 2000 >&2; echo last >&2")
      #expect(output.data == Array("out\n".utf8))
      #expect(output.talk.utf8.count == 4000)
      #expect(output.talk.hasSuffix("1999\n2000\nlast\n"))
      #expect(output.lastWords == "; its last words: last")
    }

    @Test func theTimeLimitEndsTheWholeFamily() throws {
      let output = try shell("sleep 600 & echo $!; wait", seconds: 0.5)
      #expect(output.ending == .timedOut)
      let text = String(decoding: output.data, as: UTF8.self)
      let grandchild = try #require(pid_t(text.prefix { $0 != "\n" }))
      // The kernel may take a moment to bury it; what is left of it runs no more.
      for _ in 0..<200 where isRunning(grandchild) { usleep(10_000) }
      #expect(!isRunning(grandchild))
    }

    /// Being at work buys a child no more CPU than its time.
    @Test func aChildThatBurnsItsTimeIsEnded() throws {
      let start = ContinuousClock.now
      #expect(try shell("while :; do :; done", seconds: 0.5).ending == .timedOut)
      #expect(ContinuousClock.now - start < .seconds(20))
    }

    private func isRunning(_ pid: pid_t) -> Bool {
      guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return false }
      let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?
        .split(separator: " ").first
      return state != "Z" && state != "X"
    }

    @Test func aCrashLeavesNoBacktrace() throws {
      #expect(try shell("printf %s \"$SWIFT_BACKTRACE\"").data == Array("enable=no".utf8))
    }

    @Test func nothingIsLeftInTheTemporaryFolder() throws {
      let output = try shell("echo kept >$TMPDIR/kept && readlink /proc/self/fd/0")
      #expect(output.ending == .exited(0))
      let path = String(decoding: output.data.dropLast(), as: UTF8.self)
      #expect(path.hasPrefix("\(Files.temporaryFolder)/lattice-child-"))
      #expect(!Files.exists(AtomicFile.parent(of: path)))
    }
  }
}

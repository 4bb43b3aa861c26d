import Glibc
import Supervision
import LatticeDriver
import Testing

/// What tells that a worker died for want of memory.
@Suite(.blocking) struct MemoryDeathTests {
  private func sentence(
    _ signal: Int32, _ talk: String = "", peak: Int = 100 << 20, mapped: Int? = 40 << 20,
    isSystemShort: Bool = false, addressAfterRefusal: UInt64? = nil
  ) -> String? {
    MemoryDeath(
      exit: .signal(signal), talk: talk, peakBytes: peak, mappedBytes: mapped,
      isSystemShort: isSystemShort, limitBytes: 256 << 20,
      addressAfterRefusal: addressAfterRefusal
    ).sentence
  }

  @Test(arguments: [
    "terminate called after throwing an instance of 'std::bad_alloc'",
    "terminating due to uncaught exception of type std::bad_alloc: std::bad_alloc",
    "Fatal error: failed to allocate 3221225504 bytes of memory with alignment 8",
    "memory allocation of 3221225472 bytes failed",
  ])
  func lastWordsOfRuntimes(_ words: String) {
    #expect(
      sentence(SIGABRT, "begins\n\(words)\nCurrent stack trace:\n0 libswiftCore.so\n")
        == "ran out of memory: \(words); its limit is 256 MiB")
  }

  @Test(arguments: [
    "", "caught std::bad_alloc, going on", "memory allocation of the cache took 3 ms",
    "terminate called after throwing an instance of 'std::runtime_error'",
  ])
  func otherWordsAreNoReason(_ words: String) {
    #expect(sentence(SIGABRT, "\(words)\n") == nil)
  }

  @Test func theSystemsOwnKill() {
    #expect(sentence(SIGKILL) == nil)
    #expect(
      sentence(SIGKILL, isSystemShort: true)
        == "the system ran out of memory and killed it; it had 100 MiB at most, its limit is 256 MiB"
    )
  }

  @Test func moreThanTheLimitBeforeACrash() {
    #expect(sentence(SIGSEGV, peak: 290 << 20) == nil)
    #expect(sentence(SIGSEGV, peak: 400 << 20, mapped: nil) == nil)
    #expect(
      sentence(SIGSEGV, peak: 400 << 20)
        == "used 360 MiB of its 256 MiB limit and was ended by SIGSEGV")
  }

  @Test func memoryThatWasRefusedAndUsedAllTheSame() {
    #expect(
      sentence(SIGSEGV, addressAfterRefusal: 16)
        == "was refused memory, went on without it and was ended by SIGSEGV at address 0x10; its limit is 256 MiB"
    )
    // Whatever the runtime says of it knows better, and a kill is not of the worker's doing.
    #expect(
      sentence(SIGABRT, "memory allocation of 9 bytes failed\n", addressAfterRefusal: 0)
        == "ran out of memory: memory allocation of 9 bytes failed; its limit is 256 MiB")
    #expect(sentence(SIGKILL, addressAfterRefusal: 0) == nil)
  }

  @Test func anExitIsNone() {
    let death = MemoryDeath(
      exit: .code(1), talk: "memory allocation of 1 bytes failed\n", peakBytes: 1, mappedBytes: 0,
      isSystemShort: true, limitBytes: 1)
    #expect(death.sentence == nil)
  }
}

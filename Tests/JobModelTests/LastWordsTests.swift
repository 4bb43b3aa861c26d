import JobModel
import Testing

@Suite struct LastWordsTests {
  @Test(arguments: [
    ("reading\nno such model\n", "no such model"),
    (
      "terminate called after throwing an instance of 'std::runtime_error'\n  what():  out of tune\n*** Signal 6: abort was called, its stack:\n0 0x01 raise + 3 in libc.so.6\n",
      "what():  out of tune"
    ),
    (
      "harm.so: harm.c:97: harm: Assertion `count > 0' failed.\n*** Signal 6: abort was called, its stack:\n",
      "harm.so: harm.c:97: harm: Assertion `count > 0' failed."
    ),
    (
      "thread 'main' panicked at src/lib.rs:7:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1` environment variable\nthread 'main' panicked at core/src/panicking.rs:221:5:\npanic in a function that cannot unwind\nthread caused non-unwinding panic. aborting.\n",
      "thread 'main' panicked at src/lib.rs:7:5: index out of bounds"
    ),
    (
      "thread '<unnamed>' panicked at 'too many', src/lib.rs:7:5\nnote: run with `RUST_BACKTRACE=1`\n",
      "thread '<unnamed>' panicked at 'too many', src/lib.rs:7:5"
    ),
    (
      "talk\nguard: wrote byte 48 of the output 'image', which has 48 bytes\n\n*** Program crashed: Bad pointer\n",
      "it wrote byte 48 of the output 'image', which has 48 bytes"
    ),
    (
      "Stage/File.swift:12: Fatal error: Index out of range\n\n*** Program crashed: Illegal instruction\n 0 0x01 in x\n",
      "Stage/File.swift:12: Fatal error: Index out of range"
    ),
    ("\u{1B}[31mred\u{7}\n", "[31mred"),
  ])
  func areFound(talk: String, words: String) { #expect(LastWords.of(talk) == words) }

  @Test func silenceIsNone() {
    #expect(LastWords.of("") == nil)
    #expect(LastWords.of("\n  \n*** Program crashed: Bad pointer\nmore") == nil)
    #expect(LastWords.of("lattice-worker: in the check of stage 'x'\n") == nil)
  }

  @Test func areShort() {
    #expect(LastWords.of(String(repeating: "x", count: 5000))?.count == 300)
  }
}

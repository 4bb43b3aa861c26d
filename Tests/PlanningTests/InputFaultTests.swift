import DurableFiles
import Glibc
import Planning
import Testing

/// Files of the input that are not there: E130 to E133.
@Suite struct InputFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(_ input: String) throws -> String {
    try bench.faults(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        """, input: "input: { pics: { \(input) } }"))
  }

  @Test func theFolderIsNotThere() throws {
    #expect(
      try faults("dir: nowhere") == """
        p.yaml:3:23: error[E130]: the input folder 'nowhere' is not there (looked for '/bench/nowhere')
            3 | input: { pics: { dir: nowhere } }
              |                       ^~~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("dir: ../../../../../nowhere") == """
        p.yaml:3:23: error[E130]: the input folder '../../../../../nowhere' is not there (looked for '/nowhere')
            3 | input: { pics: { dir: ../../../../../nowhere } }
              |                       ^~~~~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theFolderIsAFile() throws {
    #expect(
      try faults("dir: in/a.png") == """
        p.yaml:3:23: error[E130]: the input folder 'in/a.png' is no folder (looked for '/bench/in/a.png')
            3 | input: { pics: { dir: in/a.png } }
              |                       ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func noFileMatches() throws {
    #expect(
      try faults("dir: in, glob: '**/*.tif'") == """
        p.yaml:3:33: error[E131]: no file in '/bench/in' matches '**/*.tif'
            3 | input: { pics: { dir: in, glob: '**/*.tif' } }
              |                                 ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
    try Files.makeDirectory("\(bench.root)/empty")
    #expect(
      try faults("dir: empty") == """
        p.yaml:3:23: error[E131]: no file in '/bench/empty' matches '**/*.{png,jpg,jpeg,jpe,jfif}'
            3 | input: { pics: { dir: empty } }
              |                       ^~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aFileIsNotThere() throws {
    #expect(
      try faults("files: [in/b.png, in]") == """
        p.yaml:3:26: error[E132]: there is no file 'in/b.png' (looked for '/bench/in/b.png')
            3 | input: { pics: { files: [in/b.png, in] } }
              |                          ^~~~~~~~
        p.yaml:3:36: error[E132]: 'in' is no file (looked for '/bench/in')
            3 | input: { pics: { files: [in/b.png, in] } }
              |                                    ^~
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func aLinkToNothingIsNoFile() throws {
    symlink("nowhere", "\(bench.root)/in/b.png")
    #expect(
      try faults("files: [in/b.png]") == """
        p.yaml:3:26: error[E132]: 'in/b.png' is a link to 'nowhere', which is not there (looked for '/bench/in/b.png')
            3 | input: { pics: { files: [in/b.png] } }
              |                          ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theListIsNotThere() throws {
    #expect(
      try faults("list: files.txt") == """
        p.yaml:3:24: error[E133]: the list of files can't be read: can't open '/bench/files.txt': No such file or directory
            3 | input: { pics: { list: files.txt } }
              |                        ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  /// A pipe would be waited for until somebody writes to it.
  @Test(.timeLimit(.minutes(1))) func theListIsAPipe() throws {
    #expect(mkfifo("\(bench.root)/files.txt", 0o644) == 0)
    #expect(
      try faults("list: files.txt") == """
        p.yaml:3:24: error[E133]: the list of files can't be read: can't read '/bench/files.txt': it is a named pipe, not a file
            3 | input: { pics: { list: files.txt } }
              |                        ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theListIsEmpty() throws {
    try bench.file("files.txt", "\n\r\n\n")
    #expect(
      try faults("list: files.txt") == """
        p.yaml:3:24: error[E133]: the list '/bench/files.txt' is empty
            3 | input: { pics: { list: files.txt } }
              |                        ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theListIsUTF16() throws {
    try AtomicFile.write([0xFF, 0xFE, 0x61, 0, 10, 0], to: "\(bench.root)/files.txt")
    #expect(
      try faults("list: files.txt") == """
        p.yaml:3:24: error[E133]: the list '/bench/files.txt' is UTF-16, in which names can't be read; save it as UTF-8
            3 | input: { pics: { list: files.txt } }
              |                        ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theListNamesWhatIsNotThere() throws {
    try bench.file("lists/files.txt", "a.png\n")
    #expect(
      try faults("list: lists/files.txt") == """
        p.yaml:3:24: error[E132]: there is no file 'a.png' (looked for '/bench/lists/a.png')
            3 | input: { pics: { list: lists/files.txt } }
              |                        ^~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func ofAWrongListTwentyFaultsAreShown() throws {
    try bench.file("files.txt", (0..<1000).map { "\($0).png\n" }.joined())
    let text = try faults("list: files.txt")
    #expect(text.hasSuffix("20 errors, 0 warnings: not queued."))
  }
}

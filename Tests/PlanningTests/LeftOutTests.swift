import DurableFiles
import FileNames
import Glibc
import JobModel
import PipelineSpec
import Planning
import Testing

/// Nothing of an input is left out without a word: W190 to W193.
@Suite struct LeftOutTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func messages(
    _ input: String, name: String = "{item.stem}.x",
    more: String = "errors: { max_failed_items: 9 }"
  ) throws -> [String] {
    let result = try bench.result(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }, params: { name: '\(name)' }
        """, input: "input: { pics: { \(input) } }", more: more))
    #expect(result.plan != nil)
    #expect(result.diagnostics.allSatisfy { $0.severity == .warning })
    return result.diagnostics.map { "\($0.code) \($0.message)" }
  }

  @Test func aLinkToNothingIsAnItemThatFails() throws {
    symlink("nowhere.png", "\(bench.root)/in/dangling.png")
    symlink("loop.png", "\(bench.root)/in/loop.png")
    symlink("nowhere.txt", "\(bench.root)/in/dangling.txt")
    #expect(
      try messages("dir: in") == [
        "W191 2 items can't be read and will fail: 'dangling.png' (this is a link to 'nowhere.png', which is not there), 'loop.png' (this is a link that leads back to itself)"
      ])
    #expect(
      try bench.items().map(\.fault) == [
        nil, "this is a link to 'nowhere.png', which is not there",
        "this is a link that leads back to itself",
      ])
  }

  /// A task would train for hours and then fail for certain.
  @Test func aTaskIsNotBegunWithItemsThatFail() throws {
    symlink("nowhere.png", "\(bench.root)/in/dangling.png")
    let spec = """
      version: 1
      name: train
      input: { pics: { dir: in } }
      stages:
        - { id: train, use: lab.learn, in: { file: pics } }

      """
    let result = try bench.result(spec)
    #expect(result.plan == nil)
    #expect(
      result.diagnostics.filter { $0.code == "E134" }.map(\.message) == [
        "1 item can't be read and will fail: 'dangling.png' (this is a link to 'nowhere.png', which is not there); 'errors.max_failed_items' allows fewer, so the job would end as failed"
      ])
    let allowed = try bench.result(spec + "errors: { max_failed_items: 1 }\n")
    #expect(allowed.diagnostics.map(\.code).contains("W191"))
    #expect(!allowed.diagnostics.map(\.code).contains("E134"))
    #expect(allowed.plan?.items.faultyCount ?? 1 == 1)
  }

  @Test func whatIsNoFileIsAnItemThatFails() throws {
    mkfifo("\(bench.root)/in/pipe.png", 0o644)
    #expect(
      try messages("dir: in") == [
        "W191 1 item can't be read and will fail: 'pipe.png' (this is a named pipe, not a file)"
      ])
  }

  /// One name too many in a list costs that item, not all others.
  @Test func namedFilesThatAreNotThereAreItemsThatFail() throws {
    symlink("nowhere.png", "\(bench.root)/in/dangling.png")
    try bench.file("files.txt", "in/a.png\nin/none.png\nin\nin/dangling.png\n/none/b.png\n")
    let root = bench.root
    let faults = [
      "there is no file '\(root)/in/none.png'", "'\(root)/in' is no file",
      "'\(root)/in/dangling.png' is a link to 'nowhere.png', which is not there",
      "there is no file '/none/b.png'",
    ]
    for input in [
      "list: files.txt", "files: [in/a.png, in/none.png, in, in/dangling.png, /none/b.png]",
    ] {
      #expect(
        try messages(input) == [
          "W191 4 items can't be read and will fail: 'in/none.png' (\(faults[0])), 'in' (\(faults[1])), 'in/dangling.png' (\(faults[2])) and 1 more"
        ])
      #expect(try bench.items().map(\.fault) == [nil] + faults)
      #expect(
        try bench.items().map(\.id) == [
          "in/a.png", "in/none.png", "in", "in/dangling.png", "b.png",
        ])
    }
  }

  @Test func moreThanMayFailIsSaid() throws {
    symlink("nowhere.png", "\(bench.root)/in/dangling.png")
    #expect(
      try messages("dir: in", more: "") == [
        "W191 1 item can't be read and will fail: 'dangling.png' (this is a link to 'nowhere.png', which is not there); 'errors.max_failed_items' allows fewer, so the job would end as failed"
      ])
  }

  @Test func namesThatMakeNoOutputAreSaid() throws {
    for name in ["bell\u{7}.png", "new\nline.png", "b.png"] { try bench.file("in/\(name)") }
    #expect(
      try messages("dir: in") == [
        "W192 2 items can't have an output and will fail: 'bell\\u{7}.png' (the name 'bell\\u{7}.x' (from '{item.stem}.x') has the control character U+0007; use {item.number}, or rename the file), 'new\\nline.png' (the name 'new\\nline.x' (from '{item.stem}.x') has the control character U+000A; use {item.number}, or rename the file)"
      ])
    #expect(try messages("dir: in", name: "{item.number}.x") == [])
  }

  @Test func aPathThatIsTooLongForTheSystemIsSaid() throws {
    let folder = (0..<17).map { _ in String(repeating: "d", count: 240) }.joined(separator: "/")
    let found = try messages("dir: in", more: "output: { dir: \(folder) }")
    let bytes = bench.root.utf8.count + 1 + folder.utf8.count + 1 + "a.x".utf8.count
    #expect(
      found == [
        "W192 1 item can't have an output and will fail: 'a.png' (the path of the output 'a.x' has \(bytes) bytes, and the system takes at most 4095; choose a shorter output folder); 'errors.max_failed_items' allows fewer, so the job would end as failed"
      ])
  }

  @Test func otherCasesOfAnEndingAreSaid() throws {
    for name in ["B.PNG", "c.Png", "d.txt"] { try bench.file("in/\(name)") }
    #expect(
      try messages("dir: in, glob: '*.png'") == [
        "W190 2 files left out, whose names the glob '*.png' takes in another case only: 'B.PNG', 'c.Png'; write both cases, like '*.{png,PNG}'"
      ])
  }

  @Test func picturesOfOtherKindsAreSaid() throws {
    for number in 0..<5 { try bench.file("in/\(number).heic") }
    try bench.file("in/notes.txt")
    #expect(
      try messages("dir: in") == [
        "W190 5 pictures left out, which are neither PNG nor JPEG by their names: '0.heic', '1.heic', '2.heic' and 2 more; convert them, or say which files to take with 'glob'"
      ])
    #expect(try messages("dir: in, glob: '*.png'") == [])
  }

  @Test func aFolderThatIsLinkedTwiceIsSaid() throws {
    try bench.file("elsewhere/x.png")
    symlink("../elsewhere", "\(bench.root)/in/one")
    symlink("../elsewhere", "\(bench.root)/in/two")
    #expect(
      try messages("dir: in") == [
        "W190 1 folder left out, whose files are listed under another name already: 'two'"
      ])
  }

  @Test func resultsAmongTheItemsAreSaid() throws {
    let path = "\(bench.root)/in/a.png.png"
    #expect(
      try messages(
        "dir: in", name: "{item.name}.png", more: "output: { dir: in, exists: replace }") == [
          "W193 results such as '\(path)' go into the input folder, and a later run would take them for items; choose another 'output: { dir: … }', or leave them out with 'exclude'"
        ])
    #expect(
      try messages(
        "dir: in, exclude: '*.png.png'", name: "{item.name}.png",
        more: "output: { dir: in, exists: replace }") == [])
    #expect(
      try messages("dir: in", name: "{item.stem}.x", more: "output: { dir: in }") == [])
  }
}

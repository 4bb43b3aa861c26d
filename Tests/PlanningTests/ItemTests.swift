import DurableFiles
import FileNames
import Glibc
import JobModel
import PipelineSpec
import Planning
import Testing

/// The frozen list of items and its shards.
@Suite struct ItemTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func plan(_ input: String, more: String = "") throws -> JobPlan {
    try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: sheet, use: pic.sheet, in: { image: read.image }
        """, input: "input: { pics: { \(input) } }", more: more))
  }

  private func ids(_ input: String) throws -> [String] {
    _ = try plan(input)
    return try bench.items().map(\.id.shown)
  }

  @Test func aFolderIsListedInTheOrderOfBytes() throws {
    for name in [
      "b.png", "B.png", "a/z.png", "a/b/y.JPG", "a.jpeg", "ä.png", "c.txt", ".hidden.png",
      ".git/x.png", "10.png", "9.png",
    ] {
      try bench.file("in/\(name)")
    }
    #expect(
      try ids("dir: in") == [
        "10.png", "9.png", "B.png", "a/b/y.JPG", "a/z.png", "a.jpeg", "a.png", "b.png", "ä.png",
      ])
    #expect(try ids("dir: in, glob: '*.txt'") == ["c.txt"])
    #expect(try ids("dir: in, glob: 'a/**'") == ["a/b/y.JPG", "a/z.png"])
  }

  @Test func anItemIsWhatItsFileWas() throws {
    try bench.file("in/b.png", "four")
    _ = try plan("dir: in")
    let items = try bench.items()
    let path = "\(bench.root)/in/b.png"
    #expect(
      items.last
        == Item(
          number: 1, id: "b.png", path: path, size: 4,
          mtimeNanoseconds: Files.status(path)?.mtimeNanoseconds))
    #expect(items.map(\.number) == [0, 1])
  }

  @Test func linksAreFollowedAndLoopsEnd() throws {
    try bench.file("elsewhere/x.png")
    symlink("\(bench.root)/elsewhere", "\(bench.root)/in/linked")
    symlink("\(bench.root)/in", "\(bench.root)/in/loop")
    symlink("..", "\(bench.root)/elsewhere/up")
    #expect(try ids("dir: in") == ["a.png", "linked/x.png"])
  }

  @Test func filesKeepTheirOrder() throws {
    try bench.file("in/b.png")
    try bench.file("outside.png")
    let outside = "\(bench.root)/../\(AtomicFile.lastComponent(of: bench.root))/outside.png"
    #expect(
      try ids("files: [in/b.png, ./in/../in/a.png, '\(outside)']") == [
        "in/b.png", "in/a.png", "outside.png",
      ])
  }

  @Test func aFileFromElsewhereGoesByItsName() throws {
    #expect(try ids("files: [/etc/passwd]") == ["passwd"])
    #expect(try bench.items().first?.path == "/etc/passwd")
  }

  @Test func namesOfAListAreTakenFromItsFolder() throws {
    try bench.file("lists/b c.png")
    try bench.file("lists/all.txt", "b c.png\r\n\n../in/a.png\r\n\r\nb c.png")
    #expect(try ids("list: lists/all.txt") == ["lists/b c.png", "in/a.png", "lists/b c.png"])
  }

  @Test func namesAreBytes() throws {
    let latin1 = FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".png".utf8))
    let folder = FileName("\(bench.root)/in")
    try bench.file("in/\u{E9}.png")
    try bench.file("in/e\u{301}.png")
    try Files.rename(folder.appending("a.png"), folder.appending(latin1))
    _ = try plan("dir: in")
    let items = try bench.items()
    #expect(items.map(\.id) == [latin1, "e\u{301}.png", "\u{E9}.png"])
    #expect(items.first?.path == folder.appending(latin1))
    #expect(items.first?.size == 1)
    let text = String(decoding: try Files.read("\(bench.root)/items.jsonl"), as: UTF8.self)
    #expect(text.hasPrefix("{\"id\":\"bytes://caf%E9.png\""))
    #expect(try ids("files: [\"in/\u{E9}.png\", \"in/e\u{301}.png\"]").count == 2)
  }

  @Test func aListMayEndItsNamesWithNUL() throws {
    try bench.file("in/new\nline.png")
    try bench.file("all.lst", "in/a.png\0in/new\nline.png\0")
    #expect(try ids("list: all.lst") == ["in/a.png", "in/new\\nline.png"])
    try bench.file("all.lst", "in/a.png\0in/new\nline.png")
    #expect(try ids("list: all.lst").count == 2)
  }

  @Test func aListMayStartWithAByteOrderMark() throws {
    try bench.file("all.txt", "\u{FEFF}in/a.png\r\n")
    #expect(try ids("list: all.txt") == ["in/a.png"])
  }

  @Test func aListHoldsNamesAsBytes() throws {
    let latin1 = FileName(bytes: Array("in/caf".utf8) + [0xE9] + Array(".png".utf8))
    let root = FileName(bench.root)
    try Files.rename(root.appending("in/a.png"), root.appending(latin1))
    try AtomicFile.write(latin1.bytes + [10], to: "\(bench.root)/all.txt")
    _ = try plan("list: all.txt")
    #expect(try bench.items().map(\.path) == [root.appending(latin1)])
  }

  @Test func endingsCountInAnyCase() throws {
    for name in ["B.Jpg", "c.jfif", "d.PNG", "e.jPeG", "f.txt"] { try bench.file("in/\(name)") }
    #expect(try ids("dir: in") == ["B.Jpg", "a.png", "c.jfif", "d.PNG", "e.jPeG"])
  }

  @Test func excludedFilesAndFoldersAreLeftOut() throws {
    for name in ["b-old.png", "drafts/x.png", "drafts/deep/y.png", "keep/z.png"] {
      try bench.file("in/\(name)")
    }
    #expect(
      try ids("dir: in, exclude: ['**/*-old.png', 'drafts/**']") == ["a.png", "keep/z.png"])
    #expect(try ids("dir: in, exclude: keep").count == 4)
  }

  @Test func resultsAreNoItems() throws {
    try bench.file("in/small/a.png")
    try bench.file("in/b/small/a.png")
    let spec = PlanBench.spec(
      """
      id: read, use: pic.read, in: { file: pics }
      id: sheet, use: pic.sheet, in: { image: read.image }
      """, input: "input: { pics: { dir: in } }", more: "output: { dir: in/small }")
    let result = try bench.result(spec)
    #expect(try bench.items().map(\.id.shown) == ["a.png", "b/small/a.png"])
    #expect(
      result.diagnostics.map(\.message) == [
        "results go into the input folder, and what is there is not taken for items: 'small'; choose another 'output: { dir: … }', or say so with 'exclude'"
      ])
    let silent = try bench.result(
      spec.replacing("dir: in }", with: "dir: in, exclude: small/** }"))
    #expect(silent.diagnostics == [])
  }

  @Test func itemsWithoutAFileAreNumbers() throws {
    let plan = try plan("count: 3")
    #expect(plan.items.count == 3)
    #expect(
      try bench.items()
        == (0..<3).map {
          Item(number: $0, id: "00000\($0)", path: nil, size: nil, mtimeNanoseconds: nil)
        })
  }

  @Test func withoutAnInputThereIsOneItem() throws {
    let plan = try bench.plan(
      """
      version: 1
      name: train
      stages:
        - { id: train, use: lab.train }
      """)
    #expect(plan.items == ItemManifest(count: 1, itemsPerShard: 1, shardOffsets: [0]))
    #expect(try bench.items().map(\.id) == ["000000" as FileName])
  }

  @Test(arguments: [(1, 1, 1), (10, 10, 1), (10, 3, 4), (9, 3, 3), (10, 1, 10), (3000, 256, 12)])
  func itemsAreCutIntoShards(_ count: Int, _ perShard: Int, _ shards: Int) throws {
    let plan = try plan("count: \(count)", more: "shards: { items: \(perShard) }")
    #expect(plan.items.count == count)
    #expect(plan.items.itemsPerShard == perShard)
    #expect(plan.items.shardCount == shards)
    #expect(plan.shardCount == shards + 1)
    let ranges = (0..<shards).map { plan.items.range(ofShard: $0) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<count))
    let text = try Files.read("\(bench.root)/items.jsonl")
    for (range, offset) in zip(ranges, plan.items.shardOffsets) {
      let start =
        "{\"id\":\"\(String(repeating: "0", count: 6 - String(range.lowerBound).count))\(range.lowerBound)\""
      #expect(String(decoding: text[offset...].prefix(start.utf8.count), as: UTF8.self) == start)
    }
  }
}

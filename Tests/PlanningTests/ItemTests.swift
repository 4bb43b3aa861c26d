import DurableFiles
import Glibc
import JobModel
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
    return try bench.items().map(\.id)
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
    symlink("nowhere.png", "\(bench.root)/in/dangling.png")
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
    #expect(try bench.items().map(\.id) == ["000000"])
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

import DurableFiles
import FileNames
import Foundation
import JobModel
import LatticeDriver
import Testing

/// Names, links and folders as people have them, through the built programs.
@Suite(.blocking) struct FileNameRunTests {
  private let lattice: Lattice
  private var root: FileName { FileName(lattice.folder.path()) }
  private static let latin1 = FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".png".utf8))

  init() throws {
    lattice = try Lattice()
    try FileManager.default.createDirectory(
      at: lattice.file("in"), withIntermediateDirectories: true)
    try picture("good.png")
  }

  private func picture(_ name: FileName) throws {
    let path = root.appending("in").appending(name)
    try Files.makeDirectory(path.parent)
    let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(Array(TinyPictures.png(seed: 1)))
  }

  private func spec(
    _ input: String = "dir: in", name: String = "{item.stem}.npy",
    more: String = "errors: { max_failed_items: 100% }"
  ) throws {
    let text = """
      version: 1
      name: job
      input: { photos: { \(input) } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 8 } }
        - { id: save, use: tensor.write@1, in: { tensor: read.image }, params: { name: "\(name)" } }
      \(more)
      """
    try Data(text.utf8).write(to: lattice.file("job.yaml"))
  }

  private func check() throws -> Lattice.Output { try lattice.run(["check", "job.yaml"]) }

  private func run(_ more: [String] = []) throws -> Lattice.Output {
    try lattice.run(["run", "job.yaml", "--out", "out", "--work", "work"] + more)
  }

  private func outputs() throws -> [FileName] { try Files.entries(in: root.appending("out")) }

  private func failed() throws -> [FailedItem] {
    let jobs = "\(lattice.folder.path())/work/jobs"
    let job = try #require(try Files.names(in: jobs).last)
    let text = try Files.read("\(jobs)/\(job)/failed.jsonl")
    return try text.split(separator: 10).map {
      try JSONDecoder().decode(FailedItem.self, from: Data($0))
    }
  }

  @Test func namesThatAreNotUTF8Work() throws {
    try picture(Self.latin1)
    try spec(more: "")
    let output = try run()
    #expect(output.status == 0, "\(output.talk)")
    #expect(
      try outputs() == [
        FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".npy".utf8)), "good.npy",
      ])
  }

  @Test func aListMayNameThemToo() throws {
    try picture(Self.latin1)
    try AtomicFile.write(
      Array("in/good.png".utf8) + [0] + Array("in/".utf8) + Self.latin1.bytes + [0],
      to: lattice.file("list.txt").path())
    try spec("list: list.txt", more: "")
    let output = try run()
    #expect(output.status == 0, "\(output.talk)")
    #expect(try outputs().count == 2)
  }

  @Test func theTwoWaysToWriteALetterAreTwoFiles() throws {
    try picture("\u{E9}.png")
    try picture("e\u{301}.png")
    try spec("files: [\"in/\u{E9}.png\", \"in/e\u{301}.png\"]", more: "")
    let output = try run()
    #expect(output.status == 0, "\(output.talk)")
    #expect(try outputs() == ["e\u{301}.npy", "\u{E9}.npy"])
  }

  @Test func aNameThatMakesNoOutputFailsItsItem() throws {
    let long = FileName(String(repeating: "\u{5199}", count: 83) + ".png")
    let names: [FileName] = ["bell\u{7}.png", "new\nline.png", long]
    for name in names { try picture(name) }
    try spec(name: "{item.stem}-small.npy")
    let before = try check()
    #expect(before.status == 0)
    #expect(
      before.talk.contains(
        "warning[W192]: 3 items can't have an output and will fail: 'bell\\u{7}.png'"),
      "\(before.talk)")
    let output = try run()
    #expect(output.status == 3, "\(output.talk)")
    #expect(try outputs() == ["good-small.npy"])
    let failed = try failed()
    #expect(failed.map(\.id) == names)
    #expect(failed.allSatisfy { $0.stage == "save" })
    #expect(
      failed.map(\.reason) == [
        "the name 'bell\\u{7}-small.npy' (from '{item.stem}-small.npy') has the control character U+0007; use {item.number}, or rename the file",
        "the name 'new\\nline-small.npy' (from '{item.stem}-small.npy') has the control character U+000A; use {item.number}, or rename the file",
        "the name '\(String(repeating: "\u{5199}", count: 30))…\(String(repeating: "\u{5199}", count: 10))-small.npy' (from '{item.stem}-small.npy') has 259 bytes, and a file name at most 255; use {item.number}, or a shorter name",
      ])
  }

  @Test func theLongestNameThatFitsIsWritten() throws {
    let stem = String(repeating: "a", count: 251)
    try picture(FileName(stem + ".png"))
    try spec(more: "")
    let output = try run()
    #expect(output.status == 0, "\(output.talk)")
    #expect(try outputs() == [FileName(stem + ".npy"), "good.npy"])
  }

  @Test func withAllowedFailuresAloneTheJobIsPartial() throws {
    try Data("no picture".utf8).write(to: lattice.file("in/good.png"))
    try spec()
    let output = try run()
    #expect(output.status == 3, "\(output.talk)")
    #expect(output.talk.contains("1 of 1 item failed\n"), "\(output.talk)")
  }

  @Test func whatCannotBeReadIsNamed() throws {
    let path = lattice.folder.path()
    symlink("nowhere.png", "\(path)/in/dangling.png")
    mkfifo("\(path)/in/pipe.png", 0o644)
    try spec()
    let before = try check()
    #expect(
      before.talk.contains(
        "warning[W191]: 2 items can't be read and will fail: 'dangling.png' (this is a link to 'nowhere.png', which is not there), 'pipe.png' (this is a named pipe, not a file)"
      ), "\(before.talk)")
    let output = try run()
    #expect(output.status == 3, "\(output.talk)")
    #expect(try outputs() == ["good.npy"])
    #expect(
      try failed().map { "\($0.id.shown) [\($0.stage)] \($0.reason)" } == [
        "dangling.png [read] this is a link to 'nowhere.png', which is not there",
        "pipe.png [read] this is a named pipe, not a file",
      ])
  }

  /// A list of many files of which one is gone: the others are done.
  @Test func aNameTooManyInAListFailsItsItemAlone() throws {
    let names = (0..<40).map { "in/copy-\($0).png" }
    for name in names {
      try FileManager.default.copyItem(at: lattice.file("in/good.png"), to: lattice.file(name))
    }
    let list = names[..<20] + ["in/gone.png"] + names[20...]
    try Data(list.joined(separator: "\n").utf8).write(to: lattice.file("list.txt"))
    try spec("list: list.txt")
    let gone = lattice.file("in/gone.png").path()
    let before = try check()
    #expect(before.status == 0, "\(before.talk)")
    #expect(
      before.talk.contains(
        "warning[W191]: 1 item can't be read and will fail: 'in/gone.png' (there is no file '\(gone)')"
      ), "\(before.talk)")
    let output = try run()
    #expect(output.status == 3, "\(output.talk)")
    #expect(try outputs().count == 40)
    #expect(
      try failed().map { "\($0.id.shown) [\($0.stage)] \($0.reason)" } == [
        "in/gone.png [read] there is no file '\(gone)'"
      ])
    try Data("in/gone.png\n".utf8).write(to: lattice.file("list.txt"))
    let none = try check()
    #expect(none.status == 2, "\(none.talk)")
    #expect(
      none.talk.contains("error[E132]: there is no file 'in/gone.png' (looked for '\(gone)')"),
      "\(none.talk)")
  }

  @Test func aFolderThatMayNotBeReadFailsAloneWhereTheGlobLooksThere() throws {
    let path = lattice.folder.path()
    try Files.makeDirectory("\(path)/in/lost+found")
    defer { chmod("\(path)/in/lost+found", 0o755) }
    try spec()
    chmod("\(path)/in/lost+found", 0)
    chmod(path, 0o777)
    let found = try asNobody(["run", "job.yaml", "--out", "out", "--work", "work"])
    #expect(found.status == 3, "\(found.talk)")
    #expect(
      found.talk.contains(
        "warning[W191]: 1 item can't be read and will fail: 'lost+found/' (this folder can't be listed: Permission denied)"
      ), "\(found.talk)")
    #expect(try outputs() == ["good.npy"])
    #expect(try failed().map(\.id) == ["lost+found/"])
    try spec("dir: in, glob: '*.png'", more: "")
    let outside = try asNobody(["run", "job.yaml", "--out", "out2", "--work", "work2"])
    #expect(outside.status == 0, "\(outside.talk)")
    try spec("dir: in, exclude: 'lost+found'", more: "")
    let excluded = try asNobody(["run", "job.yaml", "--out", "out3", "--work", "work3"])
    #expect(excluded.status == 0, "\(excluded.talk)")
  }

  /// Runs the command line as a user whom permissions stop.
  private func asNobody(_ arguments: [String]) throws -> (status: Int32, talk: String) {
    guard getuid() == 0 else {
      let output = try lattice.run(arguments)
      return (output.status, output.talk)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    process.arguments =
      [
        "--reuid=65534", "--regid=65534", "--clear-groups",
        Lattice.products.appending(path: "lattice").path(),
      ] + arguments
    process.currentDirectoryURL = lattice.folder
    process.environment = ProcessInfo.processInfo.environment.merging([
      "HOME": lattice.folder.path(), "LATTICE_SPOOL": lattice.file("spool").path(),
    ]) { $1 }
    let talk = Pipe()
    process.standardError = talk
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let bytes = talk.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  @Test func resultsOfAnEarlierRunAreNoItems() throws {
    try spec(
      "dir: .", name: "{item.name}.npy", more: "output: { dir: small, exists: replace }")
    try FileManager.default.copyItem(
      at: lattice.file("in/good.png"), to: lattice.file("in/other.png"))
    for _ in 0..<3 {
      let output = try lattice.run(["run", "job.yaml", "--work", "work"])
      #expect(output.status == 0, "\(output.talk)")
      #expect(output.talk.contains("2 items done"), "\(output.talk)")
      try FileManager.default.copyItem(
        at: lattice.file("in/good.png"),
        to: lattice.file("small/\(UUID().uuidString).png"))
    }
  }

  @Test func endingsCountInAnyCase() throws {
    try picture("B.Png")
    try picture("c.jfif")
    try spec(more: "")
    #expect(try run().status == 0)
    #expect(try outputs() == ["B.npy", "c.npy", "good.npy"])
  }

  /// A name and a plugin's words can neither clear the screen nor forge lines.
  @Test func nothingSteersTheTerminal() throws {
    let names: [FileName] = [
      "bad\u{1B}[2J.png", "forged\n[31mline.png", "c1\u{9B}2J.png", "turned\u{202E}gnp.png",
      Self.latin1,
    ]
    for name in names {
      let path = root.appending("in").appending(name)
      let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(Array("no picture \u{1B}[2J".utf8))
    }
    try spec()
    var talk = try check().talk
    let output = try run()
    #expect(output.status == 3)
    talk += output.talk
    let jobs = "\(lattice.folder.path())/work/jobs"
    let job = try #require(try Files.names(in: jobs).last)
    for command in [
      ["show", job], ["show", job, "--json"], ["logs", job], ["logs", job, "--json"],
      ["ps", "--all"],
    ] {
      let output = try lattice.run(command + ["--spool", "work"])
      #expect(output.status == 0, "\(output.talk)")
      talk += output.data + output.talk
    }
    for file in ["failed.jsonl", "report.html", "result.json"] {
      talk += String(decoding: try Files.read("\(jobs)/\(job)/\(file)"), as: UTF8.self)
    }
    let steering = talk.unicodeScalars.filter { $0 != "\n" && ShownText.isWrittenOut($0) }
    #expect(steering.isEmpty, "\(steering.map { String($0.value, radix: 16) })")
    for line in [
      "bad\\u{1B}[2J.png  [save] the name 'bad\\u{1B}[2J.npy' (from",
      "forged\\n[31mline.png  [save] ",
      "caf\\xE9.png  [read] this is neither PNG nor JPEG",
    ] {
      #expect(output.talk.contains("\n  \(line)"), "\(output.talk)")
    }
  }

  @Test func aPluginsWordsSteerNothing() throws {
    try TroublePlugins.compile("talks", into: lattice.file("plugins"))
    let text = """
      version: 1
      name: job
      input: { photos: { dir: in } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 8 } }
        - { id: talk, use: talks.fail@1, in: { image: read.image } }
        - { id: save, use: tensor.write@1, in: { tensor: talk.image } }
      errors: { max_failed_items: 100% }
      """
    try Data(text.utf8).write(to: lattice.file("job.yaml"))
    let output = try run(["--plugins", "plugins"])
    #expect(output.status == 3, "\(output.talk)")
    let words = #"wipe \u{1B}[2J\nforged \u{9B}2J \u{202E}drow \xFF end"#
    #expect(output.talk.contains("\n  good.png  [talk] \(words)\n"), "\(output.talk)")
    var talk = output.talk
    let jobs = "\(lattice.folder.path())/work/jobs"
    let job = try #require(try Files.names(in: jobs).last)
    for command in [
      ["show", job, "--spool", "work"], ["logs", job, "--spool", "work"],
      ["logs", job, "--spool", "work", "--stderr"], ["logs", job, "--json", "--spool", "work"],
      ["plugin", "list", "--plugins", "plugins"],
      ["plugin", "list", "--json", "--plugins", "plugins"],
      ["plugin", "inspect", "talks.fail", "--plugins", "plugins"],
    ] {
      let output = try lattice.run(command)
      #expect(output.status == 0, "\(command) \(output.talk)")
      talk += output.data + output.talk
    }
    #expect(!talk.contains("\nforged doc"))
    for file in [
      "failed.jsonl", "report.html", "result.json", "logs/shard-0000/attempt-1/talk.jsonl",
    ] {
      talk += String(decoding: try Files.read("\(jobs)/\(job)/\(file)"), as: UTF8.self)
    }
    let steering = talk.unicodeScalars.filter { $0 != "\n" && ShownText.isWrittenOut($0) }
    #expect(steering.isEmpty, "\(steering.map { String($0.value, radix: 16) })")
  }

  /// A stage that crashes is told of with the name of the item that it crashed on.
  @Test func aCrashIsBlamedOnANameThatIsNotUTF8() throws {
    try TroublePlugins.compile("trouble", into: lattice.file("plugins"))
    try picture(Self.latin1)
    let text = """
      version: 1
      name: job
      input: { photos: { dir: in } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 8 } }
        - { id: bad, use: trouble.trap@1, in: { image: read.image }, params: { item: 0 } }
        - { id: save, use: tensor.write@1, in: { tensor: bad.image }, params: { name: "{item.id}.npy" } }
      retry: { attempts: 2, backoff: 10ms..20ms }
      errors: { max_failed_items: 1 }
      """
    try Data(text.utf8).write(to: lattice.file("job.yaml"))
    let output = try run(["--plugins", "plugins"])
    #expect(output.status == 3, "\(output.talk)")
    #expect(try failed().map(\.id) == [Self.latin1])
    #expect(try failed().map(\.isQuarantined) == [true])
    #expect(try outputs() == ["good.png.npy"])
    #expect(
      output.talk.contains("\n  caf\\xE9.png  [bad] ended its worker twice"), "\(output.talk)")
  }

  @Test func tablesQuoteNamesWithLineBreaks() throws {
    try picture("a\r\nb.png")
    let text = """
      version: 1
      name: job
      input: { photos: { dir: in } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 16 } }
        - { id: measure, use: image.metrics@1, in: { image: read.image, reference: read.image } }
      """
    try Data(text.utf8).write(to: lattice.file("job.yaml"))
    let output = try run()
    #expect(output.status == 0, "\(output.talk)")
    let name = try #require(try outputs().first { $0.hasSuffix(".csv") })
    let table = try Files.read(root.appending("out").appending(name))
    #expect(String(decoding: table, as: UTF8.self).utf8.contains(UInt8(ascii: "\r")))
    #expect(
      String(decoding: table, as: UTF8.self).unicodeScalars.split(separator: "\n").contains {
        String($0).unicodeScalars.elementsEqual("\"a\r".unicodeScalars)
      })
  }

  @Test func aSpecsWordsSteerNothing() throws {
    let text = #"""
      version: 1
      name: job
      input: { photos: { dir: "in\e[2J\u202e" } }
      stages:
        - { id: read, use: "image.read\e[2J@1", in: { file: photos } }
        - { id: "a\e[2J", use: image.read@1, in: { "p\x9b": photos }, params: { "x\e[2J": "\e[2J" } }
      """#
    try Data(text.utf8).write(to: lattice.file("job.yaml"))
    for command in [["check", "job.yaml"], ["check", "job.yaml", "--json"]] {
      let output = try lattice.run(command)
      #expect(output.status == 2)
      let talk = output.data + output.talk
      let steering = talk.unicodeScalars.filter { $0 != "\n" && ShownText.isWrittenOut($0) }
      #expect(steering.isEmpty, "\(talk)")
      #expect(talk.contains("[2J"))
    }
  }

  @Test func aSpecMayHaveANameThatIsNotUTF8() throws {
    try spec(more: "")
    let name = FileName(bytes: Array("sp".utf8) + [0xE9] + Array("c.yaml".utf8))
    try Files.rename(root.appending("job.yaml"), root.appending(name))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "exec \(Lattice.products.appending(path: "lattice").path()) check sp*c.yaml 2>talk",
    ]
    process.currentDirectoryURL = lattice.folder
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let talk = try String(contentsOf: lattice.file("talk"), encoding: .utf8)
    #expect(talk.contains("good: 1 items"), "\(talk)")
  }

  @Test func oneItemsLogIsFoundByWhatIsShown() throws {
    try Data("no picture".utf8).write(to: lattice.file("in/good.png"))
    let path = root.appending("in").appending(Self.latin1)
    try OpenFile(path, O_WRONLY | O_CREAT).write(Array("no picture".utf8))
    try spec()
    #expect(try run().status == 3)
    for name in ["caf\\xE9.png", "bytes://caf%E9.png"] {
      let output = try lattice.run(["logs", "job", "--item", name, "--spool", "work"])
      #expect(output.data.contains("[caf\\xE9.png]"), "\(output.data)\(output.talk)")
      #expect(!output.data.contains("[good.png]"), "\(output.data)")
    }
  }
}

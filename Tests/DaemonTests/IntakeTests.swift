import Foundation
import JobModel
import LatticeDriver
import Testing

/// How specs come in: in bursts, slowly, and with a writer that does not let go.
@Suite(.blocking) struct IntakeTests {
  /// 300 as a rule, 5,000 in the long mode.
  static let burst = isLongRun ? 5_000 : 300

  @Test func aBurstLosesNoneAndRunsNoneTwice() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    for number in 0..<Self.burst {
      try daemon.drop("b\(number).yaml", Specs.tiny(name: "b\(number)"))
    }
    _ = try daemon.waitForResults(Self.burst / 5, seconds: 900)
    let early = try daemon.residentKilobytes()
    let results = try daemon.waitForResults(Self.burst, seconds: 900)
    let late = try daemon.residentKilobytes()
    #expect(late < early + 8_192, "the daemon's memory grew from \(early) to \(late) KiB")
    #expect(Set(results.map(\.name)) == Set((0..<Self.burst).map { "b\($0)" }))
    #expect(results.count == Self.burst)
    #expect(results.allSatisfy { $0.state == .succeeded })
    daemon.stop()
  }

  @Test func aSlowWriterNeverStartsEarly() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    let text = Array(Specs.tiny(name: "slow").utf8)
    let path = "\(daemon.spool.incoming)/slow.yaml"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    #expect(descriptor >= 0)
    // The head at once, the last 40 bytes one every 100 ms: four seconds, longer than the settle time.
    var start = text.count - 40
    _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, start) }
    while start < text.count {
      usleep(100_000)
      _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + start }, 1) }
      start += 1
      #expect(FileManager.default.fileExists(atPath: path), "claimed after \(start) bytes")
    }
    close(descriptor)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(daemon.log)")
    daemon.stop()
  }

  @Test func aWriterThatKeepsItsDescriptorChangesNothing() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    let text = Specs.tiny(name: "kept")
    let staged = "\(daemon.spool.incomingTemporary)/kept.yaml"
    let descriptor = open(staged, O_RDWR | O_CREAT, 0o644)
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    try FileManager.default.moveItem(atPath: staged, toPath: "\(daemon.spool.incoming)/kept.yaml")
    let result = try #require(try daemon.waitForResults(1).first)
    pwrite(descriptor, "vandal", 6, 0)
    close(descriptor)
    let spec = try Data(contentsOf: URL(filePath: daemon.spool.job(result.id).spec))
    #expect(String(decoding: spec, as: UTF8.self) == text)
    #expect(result.state == .succeeded)
    daemon.stop()
  }

  @Test func aFaultySpecIsRejectedWithAllItsFaults() throws {
    let daemon = try Daemon()
    try daemon.start()
    try daemon.drop(
      "bad.yaml",
      """
      version: 1
      name: bad
      input: { photos: { dir: nowhere } }
      stages:
        - { id: read, use: image.reed@1, in: { file: photos } }
        - { id: save, use: image.write@1, inn: { image: read.image } }
      """)
    let text = "\(daemon.spool.rejected)/bad.yaml.error.txt"
    // The spec itself is written last.
    try daemon.waitUntil("the spec is rejected") {
      FileManager.default.fileExists(atPath: "\(daemon.spool.rejected)/bad.yaml")
    }
    let message = try String(contentsOfFile: text, encoding: .utf8)
    #expect(message.contains("'inn'"), "\(message)")
    #expect(FileManager.default.fileExists(atPath: "\(daemon.spool.rejected)/bad.yaml.error.json"))
    #expect(daemon.results().isEmpty)
    daemon.stop()
  }

  /// What can't be a spec is moved away as it is, with the reason beside it.
  @Test func aSpecThatIsTooLargeIsRejectedUnread() throws {
    let daemon = try Daemon()
    try daemon.start()
    try daemon.drop("huge.yaml", "version: 1\n" + String(repeating: "#", count: 1 << 20))
    let path = "\(daemon.spool.rejected)/huge.yaml"
    try daemon.waitUntil("the spec is rejected") { FileManager.default.fileExists(atPath: path) }
    #expect(
      try String(contentsOfFile: "\(path).error.txt", encoding: .utf8) == """
        huge.yaml: error[E003]: the file has 1048587 bytes, a spec at most 1048576; name many files in a text file, with 'list'
        1 error, 0 warnings: not queued.

        """)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int == 1_048_587)
    #expect(!FileManager.default.fileExists(atPath: "\(daemon.spool.incoming)/huge.yaml"))
    daemon.stop()
  }

  /// What is there so far would run as it is; whoever writes it has only gone to fetch the rest.
  @Test func aWriterThatPausesIsWaitedFor() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    let path = "\(daemon.spool.incoming)/slow.yaml"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    let text = Specs.tiny(name: "slow")
    _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    sleep(4)
    #expect(FileManager.default.fileExists(atPath: path), "\(daemon.log)")
    let rest = "\nseed: 7\n"
    _ = Array(rest.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    let result = try #require(try daemon.waitForResults(1).first)
    let spec = try String(contentsOfFile: daemon.spool.job(result.id).spec, encoding: .utf8)
    #expect(spec == text + rest)
    daemon.stop()
  }

  /// `incoming/` may be a disk of its own.
  @Test func aDropFromAnotherFilesystemRunsOnce() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    let folder = "/dev/shm/lattice-incoming-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: "\(folder)/tmp", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: daemon.spool.path, withIntermediateDirectories: true)
    symlink(folder, daemon.spool.incoming)
    try daemon.start()
    for name in ["a", "b"] { try daemon.drop("\(name).yaml", Specs.tiny(name: name)) }
    let results = try daemon.waitForResults(2)
    #expect(results.map(\.name).sorted() == ["a", "b"])
    #expect(results.allSatisfy { $0.state == .succeeded })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tmp"])
    daemon.stop()
  }

  /// One file that can't be read keeps nothing else from being taken in, and costs no time.
  @Test(.enabled(if: try Needed.root(), "\(Needed.rootComment)"))
  func anUnreadableDropHoldsUpNoOther() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    for folder in [daemon.root.path(), daemon.root.appending(path: "data").path()] {
      chown(folder, 65534, 65534)
    }
    try daemon.start(asNobody: true)
    let bad = "\(daemon.spool.incoming)/a.yaml"
    try Data(Specs.tiny(name: "a").utf8).write(to: URL(filePath: bad))
    chmod(bad, 0o600)
    try daemon.waitUntil("the file is named", seconds: 120) { daemon.log.contains("'a.yaml'") }
    try daemon.drop("b.yaml", Specs.tiny(name: "b"))
    let result = try #require(try daemon.waitForResults(1, seconds: 120).first)
    #expect(result.name == "b" && result.state == .succeeded)
    let before = try processorTicks(daemon)
    sleep(3)
    #expect(try processorTicks(daemon) - before < 50, "ticks of 10 ms in three seconds")
    let reason = "can't open '\(bad)': Permission denied"
    #expect(daemon.log.contains("'a.yaml' is not taken in: \(reason)"), "\(daemon.log)")
    let doctor = try Lattice.run(["doctor", "--spool", daemon.spool.path])
    #expect(doctor.status == 1)
    #expect(
      doctor.data.contains("bad   in incoming/ and not taken in: a.yaml: \(reason)\n"),
      "\(doctor.data)")
    chmod(bad, 0o644)
    _ = try daemon.waitForResults(2, seconds: 120)
    #expect(try Lattice.run(["doctor", "--spool", daemon.spool.path]).status == 0)
    daemon.stop()
  }

  private func processorTicks(_ daemon: Daemon) throws -> Int {
    let process = try #require(daemon.processID)
    let line = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = try #require(line.split(separator: ")").last).split(separator: " ")
    return try #require(Int(fields[11])) + #require(Int(fields[12]))
  }

  @Test func aNameThatNoSpecCanHaveIsNeverSilent() throws {
    let daemon = try Daemon()
    try daemon.start()
    let long = String(repeating: "b", count: 201) + ".yaml"
    try Data("name: a\n".utf8).write(to: URL(filePath: "\(daemon.spool.incoming)/.dot.yaml"))
    try Data("name: a\n".utf8).write(to: URL(filePath: "\(daemon.spool.incoming)/\(long)"))
    var latin = Array("\(daemon.spool.incoming)/caf".utf8CString.dropLast())
    latin += [CChar(bitPattern: 0xE9)] + Array(".yaml".utf8CString)
    close(open(&latin, O_CREAT | O_WRONLY, 0o644))
    let short = String(repeating: "b", count: 140) + "….yaml"
    let latinName = #"caf\xE9.yaml"#
    try daemon.waitUntil("both are rejected") {
      [short, latinName].allSatisfy {
        FileManager.default.fileExists(atPath: "\(daemon.spool.rejected)/\($0)")
      }
    }
    let reason = try String(
      contentsOfFile: "\(daemon.spool.rejected)/\(latinName).error.txt", encoding: .utf8)
    #expect(
      reason == """
        \(latinName): error[E166]: the name is not UTF-8; give the spec another name
        1 error, 0 warnings: not queued.

        """)
    #expect(
      daemon.log.contains(
        "'\(long)' is rejected: the name has 206 bytes, a spec's at most 200; give the spec a shorter name"
      ))
    let doctor = try Lattice.run(["doctor", "--spool", daemon.spool.path])
    #expect(
      doctor.data.contains(
        """
        note  in incoming/ but not taken in: .dot.yaml
              Only names that end in .yaml or .yml and don't begin with a dot are specs.

        """), "\(doctor.data)")
    daemon.stop()
  }
}

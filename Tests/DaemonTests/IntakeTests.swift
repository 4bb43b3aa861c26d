import Foundation
import JobModel
import Testing

/// How specs come in: in bursts, slowly, and with a writer that does not let go.
@Suite(.serialized) struct IntakeTests {
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
}

import Checkpoints
import FoundationEssentials
import Glibc
import Testing

@Suite struct HostileTests {
  @Test(arguments: HostileCase.all)
  func saysWhatIsWrong(hostile: HostileCase) { #expect(hostile.outcome() == hostile.sentence) }

  @Test func namesAreDistinct() {
    let cases = HostileCase.all.map { "\($0.name): \($0.sentence)" }
    #expect(Set(cases).count == cases.count)
    #expect(cases.count >= 60)
  }

  /// All of them in a process that may not take 24 MiB more than it has; the largest file has 4 MiB.
  @Test func allocatesNothingBig() async {
    await #expect(processExitsWith: .success) {
      let files = HostileCase.all.map { ($0, $0.bytes()) }
      var status = ""
      for line in try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(
        separator: "\n")
      where line.hasPrefix("VmData:") {
        status = line.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      }
      let used = try #require(UInt(status)) << 10
      var limit = rlimit(rlim_cur: used + 24 << 20, rlim_max: used + 24 << 20)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0)
      // The limit holds: a block of 32 MiB isn't there to be had.
      try #require(malloc(32 << 20) == nil)
      for (hostile, bytes) in files {
        let checkpoint = try? Checkpoint(bytes: bytes, path: "x", limits: hostile.limits)
        for entry in checkpoint?.entries ?? [] {
          try? checkpoint?.withBytes(entry) { _ = $0.count }
        }
      }
    }
  }

  @Test func filesThatAreNone() throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/lattice-hostile-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    symlink("loop", "\(folder)/loop")
    let cases = [
      ("", "can't read 'FOLDER': it is not a file"),
      ("/pipe", "can't read 'FOLDER/pipe': it is not a file"),
      ("/absent", "can't read 'FOLDER/absent': No such file or directory"),
      ("/loop", "can't read 'FOLDER/loop': Too many levels of symbolic links"),
    ]
    for (name, sentence) in cases {
      let error = #expect(throws: CheckpointError.self) { try Checkpoint(path: folder + name) }
      #expect(error?.description.replacing(folder, with: "FOLDER") == sentence)
    }
  }
}

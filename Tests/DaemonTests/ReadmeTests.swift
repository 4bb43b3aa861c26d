import Foundation
import LatticeDriver
import Testing

/// Runs every command of README.md from the built programs, as it stands there, twice where it writes.
@Suite(.blocking) struct ReadmeTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A home with the spool and pictures of README's examples, and a folder to work in.
  private final class Desk {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "readme-\(UUID().uuidString)")
    var home: URL { root.appending(path: "home") }
    var work: URL { root.appending(path: "work") }
    private var daemon: Process?

    init(spec: String) throws {
      for folder in [home.appending(path: "pictures/samples"), work.appending(path: "samples")] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, seed) in [("koala.jpg", 1), ("emu.png", 2)] {
          // What a picture is called says nothing about what it is.
          try TinyPictures.png(width: 300, height: 280, seed: seed).write(
            to: folder.appending(path: name))
        }
      }
      try Data(spec.utf8).write(to: work.appending(path: "tokenize.yaml"))
      try Data(spec.utf8).write(to: work.appending(path: "spec.yaml"))
    }

    deinit {
      daemon?.terminate()
      daemon?.waitUntilExit()
      try? FileManager.default.removeItem(at: root)
    }

    private var environment: [String: String] {
      var environment = ProcessInfo.processInfo.environment
      environment["HOME"] = home.path()
      environment["PATH"] = "\(Lattice.products.path()):\(environment["PATH"] ?? "/usr/bin:/bin")"
      for name in ["LATTICE_SPOOL", "XDG_CACHE_HOME"] { environment[name] = nil }
      return environment
    }

    private func process(_ command: String) throws -> (process: Process, scratch: URL) {
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", command]
      process.currentDirectoryURL = work
      process.environment = environment
      process.standardInput = FileHandle.nullDevice
      let scratch = root.appending(path: UUID().uuidString)
      for name in ["out", "err"] {
        let path = "\(scratch.path()).\(name)"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        if name == "out" { process.standardOutput = handle } else { process.standardError = handle }
      }
      try process.run()
      return (process, scratch)
    }

    func run(_ command: String) throws -> Lattice.Output {
      let (process, scratch) = try process(command)
      process.waitUntilExit()
      return Lattice.Output(
        status: process.terminationStatus,
        data: try String(contentsOfFile: "\(scratch.path()).out", encoding: .utf8),
        talk: try String(contentsOfFile: "\(scratch.path()).err", encoding: .utf8))
    }

    /// Starts what README starts in the background.
    func startDaemon(_ command: String) throws {
      let (process, scratch) = try process("exec \(command)")
      daemon = process
      let end = ContinuousClock.now + .seconds(60)
      while try !String(contentsOfFile: "\(scratch.path()).err", encoding: .utf8).contains(
        "serves '")
      {
        try #require(ContinuousClock.now < end && process.isRunning)
        usleep(20_000)
      }
    }
  }

  /// What a command has to do: its exit code, and a part of what it prints or says.
  private struct Expectation {
    var status: Int32 = 0
    var data = ""
    var talk = ""
    /// Run before the command, for what it needs.
    var preparation: String?
    /// Run in its place, for a command that README names without its arguments.
    var command: String?
  }

  /// By command, what each of its runs has to do.
  private static let expectations: [String: [Expectation]] = [
    "cp tokenize.yaml ~/.local/share/lattice/incoming/": [
      Expectation(), Expectation(preparation: "lattice wait --all --expect 1 -q"),
    ],
    "lattice submit tokenize.yaml --wait": [
      Expectation(data: "-", preparation: "lattice wait --all --expect 2 -q"),
      Expectation(data: "-"),
    ],
    "lattice ps": [Expectation(data: "  tokenize  succeeded   2/2       0")],
    "lattice logs tokenize -f --stage tokens --item koala.jpg": [Expectation()],
    "lattice show tokenize": [Expectation(data: "tokenize  succeeded  (")],
    "lattice cancel tokenize": [
      Expectation(status: 1, talk: "is succeeded: there is nothing to cancel"),
      Expectation(
        talk: "is cancelled",
        preparation: "(cat tokenize.yaml; echo 'hold: true') >held.yaml && lattice submit held.yaml"
      ),
      Expectation(
        talk: "is queued again", command: "lattice retry tokenize && lattice wait tokenize -q"),
      Expectation(
        talk: "goes on",
        preparation: "lattice submit held.yaml && lattice pause tokenize",
        command: "lattice resume tokenize && lattice wait tokenize -q"),
    ],
    "lattice run tokenize.yaml": [
      Expectation(talk: "tokenize succeeded: 2 items done, 0 failed"),
      Expectation(
        status: 2, talk: "koala.npy' is there already; say 'exists: skip' or 'exists: replace'"),
      Expectation(talk: "tokenize succeeded", command: "lattice run tokenize.yaml --out again"),
    ],
    "lattice plugin sdk": [Expectation(data: "/sdk\n")],
    "lattice plugin list": [Expectation(data: "fsq.quantize")],
    "lattice plugin inspect image.read": [Expectation(data: "image.read")],
    "lattice doctor": [Expectation(data: "the journal is whole")],
    "lattice doctor --repair": [
      Expectation(status: 1, talk: "is served by another latticed already")
    ],
    "lattice submit": [
      Expectation(status: 64, talk: "Missing expected argument"),
      Expectation(
        data: #""spec" : "spec.yaml""#, command: "lattice submit spec.yaml --wait --json -q"),
    ],
    "lattice wait": [
      Expectation(status: 64, talk: "name a job, or say --all"),
      Expectation(command: "lattice wait tokenize -q"),
    ],
    "lattice wait --all": [
      // One of the jobs above was cancelled and then run, so that all have succeeded.
      Expectation(talk: "tokenize")
    ],
    "lattice completion bash": [Expectation(data: "complete")],
    "lattice check spec.yaml": [Expectation(talk: "spec.yaml: good: 2 items, 3 stages, 1 shards")],
    "lattice check": [
      Expectation(status: 64, talk: "name a spec"),
      Expectation(
        talk: "tokenize.yaml: good: 2 items", command: "lattice check spec.yaml tokenize.yaml"),
    ],
    "lattice check --explain E021": [Expectation(data: "E021: ")],
    "lattice check --schema": [Expectation(data: #""$schema""#)],
    "lattice models list": [Expectation(data: "fsq-photo-f8")],
    "lattice plugin new my-stage --lang c": [
      Expectation(), Expectation(status: 1, talk: "my-stage"),
    ],
    "cd my-stage && make test run": [Expectation(), Expectation()],
    "lattice plugin validate": [
      Expectation(status: 64, talk: "Missing expected argument"),
      Expectation(command: "lattice plugin validate my-stage/my-stage.stage.so"),
    ],
    "lattice plugin bench my-stage.stage.so": [
      Expectation(
        command: "cd my-stage && lattice plugin bench my-stage.stage.so")
    ],
  ]

  /// Commands of the blocks marked `sh`, and of the sentences around them.
  private static func commands(of text: String) -> (blocks: [String], spans: [String]) {
    var blocks: [String] = []
    var spans: [String] = []
    var fence: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        fence = fence == nil ? String(line.dropFirst(3)) : nil
      } else if fence == "sh" {
        let command = line.split(separator: "#", omittingEmptySubsequences: false)[0]
        blocks.append(command.trimmingCharacters(in: .whitespaces))
      } else if fence == nil {
        spans += line.matches(of: #/`((?:lattice|lattice-bench|make) [^`]+)`/#).map { String($0.1) }
      }
    }
    return (blocks.filter { !$0.isEmpty }, spans)
  }

  @Test func everyCommandDoesWhatItIsSaidTo() throws {
    let text = try String(contentsOf: Self.repository.appending(path: "README.md"), encoding: .utf8)
    let example = try #require(text.firstMatch(of: #/```yaml\n((?:.|\n)*?)```/#)?.1)
    let desk = try Desk(spec: String(example))
    let (blocks, spans) = Self.commands(of: text)
    var wanted = Set(Self.expectations.keys)
    for command in blocks + spans.filter({ !blocks.contains($0) }) {
      if command.hasPrefix("latticed ") {
        let foreground = command.trimmingCharacters(in: CharacterSet(charactersIn: "& "))
        try desk.startDaemon(foreground)
        let second = try desk.run(foreground)
        #expect(second.status == 1)
        #expect(second.talk.contains("is served by another latticed already"), "\(second.talk)")
      } else if command.hasPrefix("make ") {
        // The verb is there; what it does takes the machine for itself.
        let verb = command.dropFirst(5)
        let output = try desk.run("make -n -C '\(Self.repository.path())' \(verb)")
        #expect(output.status == 0, "\(command): \(output.talk)")
      } else if command.hasPrefix("lattice-bench ") {
        let output = try desk.run(
          "\(command.split(separator: " ").prefix(2).joined(separator: " ")) --help")
        #expect(output.status == 0, "\(command): \(output.talk)")
        for option in command.split(separator: " ").dropFirst(2) where option.hasPrefix("--") {
          #expect(output.data.contains(option), "\(command)")
        }
      } else if wanted.remove(command) != nil {
        for run in Self.expectations[command] ?? [] { try check(command, run, desk) }
      } else {
        #expect(
          Self.expectations[command] != nil, "README.md has a command that no test runs: \(command)"
        )
      }
    }
    #expect(wanted.isEmpty, "not in README.md any more")
  }

  private func check(_ command: String, _ expectation: Expectation, _ desk: Desk) throws {
    if let preparation = expectation.preparation {
      let output = try desk.run(preparation)
      #expect(output.status == 0, "\(preparation): \(output.talk)")
    }
    let run = expectation.command ?? command
    let output = try desk.run(run)
    #expect(output.status == expectation.status, "\(run): \(output.data)\(output.talk)")
    #expect(
      expectation.data.isEmpty || output.data.contains(expectation.data), "\(run): \(output.data)")
    #expect(
      expectation.talk.isEmpty || output.talk.contains(expectation.talk), "\(run): \(output.talk)")
    #expect(!output.talk.contains("parsable argument"), "\(run): \(output.talk)")
  }
}

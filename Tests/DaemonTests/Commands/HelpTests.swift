import Foundation
import LatticeDriver
import Testing

/// What every command has: a help, the version, and a word on what it doesn't know.
@Suite(.blocking) struct HelpTests {
  private static let folder = FileManager.default.temporaryDirectory

  private func run(_ program: String, _ words: [String]) throws -> Lattice.Output {
    try BuiltProgram(program, words, in: Self.folder).wait()
  }

  static func commands(_ program: String) -> [String] {
    (try? Interface.of(program).commands) ?? []
  }

  @Test(arguments: commands("lattice")) func aCommandExplainsItself(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let long = try run("lattice", words + ["--help"])
    #expect(long.status == 0 && long.talk.isEmpty, "\(long.talk)")
    #expect(
      long.data.contains("Example") && long.data.contains("lattice \(command)"), "\(long.data)")
    #expect(try run("lattice", words + ["-h"]).data == long.data)
    #expect(try run("lattice", ["help"] + words).data == long.data)
    let version = try run("lattice", words + ["--version"])
    #expect(version.status == 0 && version.data == "lattice 0.1.0\n" && version.talk.isEmpty)
  }

  @Test(arguments: commands("lattice")) func whatIsUnknownIsUsage(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let output = try run("lattice", words + ["--nonsense"])
    #expect(output.status == 64, "\(output.talk)")
    #expect(output.data.isEmpty)
    #expect(output.talk.hasPrefix("Error: "), "\(output.talk)")
    #expect(output.talk.contains("--help"), "\(output.talk)")
  }

  @Test func commandsAreKnown() {
    #expect(Self.commands("lattice").count == 30)
    #expect(Self.commands("latticed") == [""])
  }

  @Test func theOtherProgramsExplainThemselves() throws {
    for (program, word) in [
      ("latticed", "Serves a spool"), ("lattice-worker", "Loads stage plugins"),
      ("lattice-bench", "Measure"),
    ] {
      let output = try run(program, ["--help"])
      #expect(output.status == 0 && output.talk.isEmpty, "\(output.talk)")
      #expect(output.data.localizedCaseInsensitiveContains(word), "\(output.data)")
    }
    for command in Self.commands("lattice-bench").filter({ !$0.isEmpty }) {
      let output = try run("lattice-bench", [command, "--help"])
      #expect(output.status == 0 && output.data.contains("lattice-bench \(command)"), "\(command)")
    }
    #expect(try run("lattice-worker", ["--version"]).data == "lattice-worker 0.1.0\n")
  }

  @Test func theWorkerRefusesWhatItDoesNotKnow() throws {
    for (words, sentence) in [
      ([], "lattice-worker: say what to do\n"),
      (["dance"], "lattice-worker: 'dance' is no command\n"),
      (["run"], "lattice-worker: run needs a job folder and the number of a shard\n"),
      (["run", "job", "-1"], "lattice-worker: run needs a job folder and the number of a shard\n"),
      (
        ["run", "job", "0", "--attempt", "0"],
        "lattice-worker: '--attempt' is no option of run; there are --attempt N and --one-by-one\n"
      ),
      (["describe"], "lattice-worker: describe needs the path of one plugin\n"),
      (
        ["rule", "a", "b"],
        "lattice-worker: rule needs a file with requests, or requests on standard input\n"
      ),
      (["check"], "lattice-worker: check reads a request as JSON from standard input: "),
      (["bench"], "lattice-worker: bench reads a request as JSON from standard input: "),
    ] {
      let output = try run("lattice-worker", words)
      #expect(output.status == 64 && output.talk.hasPrefix(sentence), "\(words): \(output.talk)")
    }
    let gone = try run("lattice-worker", ["run", "/nonexistent/job", "0"])
    #expect(gone.status == 1 && gone.talk.hasPrefix("lattice-worker: "), "\(gone.talk)")
  }

  @Test(arguments: [
    (["--slots", "0"], "Error: --slots must be 1 to 4096, not 0\n"),
    (["--slots", "4097"], "Error: --slots must be 1 to 4096, not 4097\n"),
    (["--log-format", "xml"], "Error: The value 'xml' is invalid for '--log-format <log-format>'"),
  ])
  func theDaemonRefusesWhatItCanNotDo(_ words: [String], _ sentence: String) throws {
    let output = try run("latticed", words)
    #expect(output.status == 64 && output.talk.hasPrefix(sentence), "\(output.talk)")
    #expect(output.data.isEmpty)
  }

  /// What a retry does is said as it is: a job that succeeded needs `--everything`.
  @Test func theHelpOfRetryIsRight() throws {
    let help = try run("lattice", ["retry", "--help"]).data
    #expect(
      help.contains(
        "\n  lattice retry tokenize --everything    all shards, of succeeded jobs, too\n"),
      "\(help)")
    #expect(help.contains("\n  --everything            Also run again what was done.\n"), "\(help)")
  }

  /// Lines of examples are to be copied, so none is broken.
  @Test func noExampleIsBroken() throws {
    func walk(_ command: Interface.Command, _ words: [String]) throws {
      let help = try run("lattice", words + ["--help"]).data.split(separator: "\n")
      for line in command.discussion?.split(separator: "\n") ?? [] where line.hasPrefix("  ") {
        #expect(help.contains(line), "\(words)")
      }
      for sub in command.subcommands ?? [] where sub.commandName != "help" {
        try walk(sub, words + [sub.commandName])
      }
    }
    try walk(try Interface.of("lattice").command, [])
  }
}

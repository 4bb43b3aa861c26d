import Foundation
import LatticeDriver
import Testing

/// Every option of every command: each has a case, and each case sees its effect.
@Suite(.blocking) struct OptionTests {
  static let cases: [OptionCase] =
    ReadingCases.all + RunningCases.all + RequestCases.all + PluginCases.all + ModelCases.all
    + UpkeepCases.all + DaemonCases.all + WorkerCases.all + BenchCases.all

  @Test(arguments: cases) func anOptionHasItsEffect(_ one: OptionCase) throws {
    let names =
      one.program == "lattice-worker"
      ? [one.option]
      : try #require(
        Self.interface(one.program).options.first {
          $0.command == one.command && $0.name == one.option
        }?.names, "\(one.testDescription) is there no more")
    try one.check(names: names)
  }

  /// A new option is red until a case shows what it does.
  @Test(arguments: ["lattice", "latticed", "lattice-bench"])
  func noOptionIsWithoutACase(_ program: String) throws {
    let tried = Set(
      Self.cases.filter { $0.program == program }.map { "\($0.command) \($0.option)" })
    let there = try Self.interface(program).options.map { "\($0.command) \($0.name)" }
    #expect(Set(there).count == there.count)
    let left = Set(there).subtracting(tried)
    let known = program == "lattice-bench" ? BenchCases.untried : []
    #expect(left.subtracting(known).sorted() == [], "these options of \(program) have no case")
    #expect(known.subtracting(left).sorted() == [], "these need no exception")
  }

  /// The worker parses its few words itself; its help names them.
  @Test func noWordOfTheWorkerIsWithoutACase() throws {
    let help = try BuiltProgram(
      "lattice-worker", ["--help"], in: FileManager.default.temporaryDirectory
    ).wait().data
    var there: Set<String> = []
    for line in help.split(separator: "\n") where line.hasPrefix("  lattice-worker ") {
      let command = line.split(separator: " ")[1]
      for option in line.matches(of: #/\[(--[a-z-]+)/#) { there.insert("\(command) \(option.1)") }
    }
    let tried = WorkerCases.all.map { "\($0.command) \($0.option)" }
    #expect(there == Set(tried))
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/lattice-worker/Worker.swift")
    let words = try String(contentsOf: source, encoding: .utf8).matches(of: #/"(--[a-z-]+)"/#)
      .map { String($0.1) }
    #expect(
      Set(words)
        == Set(tried.map { String($0.split(separator: " ")[1]) } + ["--help", "--version"]))
  }

  private static func interface(_ program: String) throws -> Interface {
    try #require(interfaces[program]).get()
  }

  private static let interfaces = Dictionary(
    uniqueKeysWithValues: ["lattice", "latticed", "lattice-bench"].map { name in
      (name, Result { try Interface.of(name) })
    })
}

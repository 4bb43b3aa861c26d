import Foundation
import LatticeDriver
import Testing

/// A use of one option of one command, and what must come of it that would not come without it.
///
/// A command is run twice in the same surroundings, with the option and without it. What ``shows`` looks for must be
/// there the first time and must not be there the second time, so that no case passes an option without looking at its
/// effect. Under each of the option's names it must be there.
struct OptionCase: Sendable, CustomTestStringConvertible {
  /// How long the two runs take.
  enum Course: Sendable {
    /// Both end.
    case ends
    /// With the option it ends, without it goes on.
    case stops
    /// With the option it goes on, without it ends.
    case goesOn
  }

  /// A run that has ended, or was ended because it went on.
  struct Run {
    let output: Lattice.Output
    let scene: Scene

    var status: Int32 { output.status }
    var data: String { output.data }
    var talk: String { output.talk }
    var lines: [String] { output.data.split(separator: "\n").map(String.init) }

    /// What it printed, as JSON; nil when it isn't.
    var json: Any? {
      try? JSONSerialization.jsonObject(with: Data(data.utf8), options: .fragmentsAllowed)
    }

    /// The members of a JSON object that was printed.
    var members: [String: Any] { json as? [String: Any] ?? [:] }
    /// The objects of a JSON list that was printed.
    var list: [[String: Any]] { json as? [[String: Any]] ?? [] }
  }

  var program = "lattice"
  /// "plugin list".
  let command: String
  /// Its first long name.
  let option: String
  /// Arguments of both runs.
  let base: [String]
  /// The option and its value.
  let adds: [String]
  /// What stands in their place in the second run.
  var instead: [String] = []
  var kind = Scene.Kind.fresh
  var course = Course.ends
  var environment: [String: String] = [:]
  var input = ""
  /// Run before either.
  var prepare: @Sendable (Scene) throws -> Void = { _ in }
  let shows: @Sendable (Run) throws -> Bool

  var testDescription: String { "\(program) \(command) \(option)" }

  /// Runs it under each of its names, and without.
  func check(names: [String]) throws {
    try #require(adds.contains(option), "a case passes the option that it is for")
    for name in names { try with(adds.map { $0 == option ? name : $0 }) }
    guard course == .ends else { return }
    let run = try ended(instead)
    #expect(try !shows(run), "\(testDescription) shows without the option\n\(run.talk)\(run.data)")
  }

  private func scene() throws -> Scene {
    let scene = try Scene.make(kind)
    try prepare(scene)
    return scene
  }

  private func start(_ more: [String], in scene: Scene) throws -> BuiltProgram {
    let words = command.split(separator: " ").map(String.init)
    var surroundings = environment
    if option == "--spool" { surroundings["LATTICE_SPOOL"] = "{root}/nowhere" }
    return try scene.start(
      program, words + base + more, environment: surroundings, input: input)
  }

  private func ended(_ more: [String]) throws -> Run {
    let scene = try scene()
    return Run(output: try start(more, in: scene).wait(), scene: scene)
  }

  private func with(_ more: [String]) throws {
    switch course {
    case .ends:
      let run = try ended(more)
      #expect(try shows(run), "\(more): exit code \(run.status)\n\(run.talk)\(run.data)")
    case .stops:
      let (first, second) = (try scene(), try scene())
      let other = try start(instead, in: second)
      let run = Run(output: try start(more, in: first).wait(), scene: first)
      #expect(try shows(run), "\(more): exit code \(run.status)\n\(run.talk)\(run.data)")
      #expect(other.isRunning, "\(testDescription) ends without the option\n\(other.said)")
    case .goesOn:
      let (first, second) = (try scene(), try scene())
      let program = try start(more, in: first)
      let run = Run(output: try start(instead, in: second).wait(), scene: second)
      #expect(try shows(run), "without: exit code \(run.status)\n\(run.talk)\(run.data)")
      #expect(program.isRunning, "\(testDescription) ends with the option\n\(program.said)")
    }
  }
}

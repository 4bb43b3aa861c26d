import Foundation
import LatticeDriver
import Testing

/// The commands and options of a built program, as it tells of itself.
struct Interface: Decodable {
  /// A command with its arguments.
  struct Command: Decodable {
    var commandName: String
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [Command]?
  }

  /// An option, a flag or a word.
  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
      var text: String { kind == "short" ? "-\(name)" : "--\(name)" }
    }

    var kind: String
    var names: [Name]?
    var valueName: String?

    var isOption: Bool { kind != "positional" }
    /// All its names: `--follow`, `-f`.
    var texts: [String] { (names ?? []).map(\.text) }
  }

  /// An option of a command, and all its names.
  struct Option: Hashable, CustomStringConvertible {
    /// "plugin list"; empty for the program itself.
    var command: String
    /// The first long name.
    var name: String
    var names: [String]
    var description: String { command.isEmpty ? name : "\(command) \(name)" }
  }

  var command: Command

  /// Asks a program.
  static func of(_ program: String) throws -> Interface {
    let output = try BuiltProgram(
      program, ["--experimental-dump-help"], in: FileManager.default.temporaryDirectory
    ).wait()
    return try JSONDecoder().decode(Interface.self, from: Data(output.data.utf8))
  }

  /// Every command, as it is written after the program's name.
  var commands: [String] { Self.walk(command, "").map(\.0) }

  /// Every option of every command, but the two that the parser gives to all of them.
  var options: [Option] {
    Self.walk(command, "").flatMap { name, command in
      (command.arguments ?? []).filter(\.isOption).compactMap { argument -> Option? in
        let long = argument.texts.first { $0.hasPrefix("--") } ?? argument.texts.first ?? ""
        guard !["--help", "--version"].contains(long) else { return nil }
        return Option(command: name, name: long, names: argument.texts)
      }
    }
  }

  private static func walk(_ command: Command, _ name: String) -> [(String, Command)] {
    [(name, command)]
      + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap { sub in
        walk(sub, name.isEmpty ? sub.commandName : "\(name) \(sub.commandName)")
      }
  }
}

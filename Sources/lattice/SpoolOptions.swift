import ArgumentParser
import DurableFiles
import FileNames
import Foundation
import JobModel

/// Options of every command that looks at a spool.
struct SpoolOptions: ParsableArguments {
  @Option(
    help: """
      The daemon's spool folder. Default: $LATTICE_SPOOL, else ~/.local/share/lattice, else, without $HOME, \
      /var/spool/lattice.
      """,
    completion: .directory)
  var spool: String?

  /// The spool that is meant, as an absolute path.
  var folder: SpoolFolder { spool.map { SpoolFolder(path: absolute($0)) } ?? Self.usualFolder }

  /// The spool when nobody names one.
  static var usualFolder: SpoolFolder {
    SpoolFolder(path: absolute(SpoolFolder.usualPath(Environment.variables)))
  }
}

/// Option of every command that prints data.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON on standard output.")
  var json = false
}

/// An absolute form of a path the user gave.
func absolute(_ path: String) -> String { Files.absolute(path) }

/// Ends the command with a sentence for a person, and an exit code.
func failure(_ sentence: String, _ outcome: Outcome = .failed) -> ExitCode {
  say("error: \(sentence)")
  return outcome.exitCode
}

/// Prints a value as JSON: keys sorted, indented.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  print(ShownJSON.text(String(decoding: try encoder.encode(value), as: UTF8.self)))
}

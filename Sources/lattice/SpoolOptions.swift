import ArgumentParser
import Foundation
import JobModel

/// Options of every command that looks at a spool.
struct SpoolOptions: ParsableArguments {
  @Option(
    help: "The daemon's spool folder. Default: $LATTICE_SPOOL, else ~/.local/share/lattice.",
    completion: .directory)
  var spool: String?

  /// The spool that is meant, as an absolute path.
  var folder: SpoolFolder {
    let environment = ProcessInfo.processInfo.environment
    let named = spool ?? environment["LATTICE_SPOOL"]
    let path = named ?? "\(environment["HOME"] ?? "")/.local/share/lattice"
    return SpoolFolder(path: absolute(path))
  }
}

/// Option of every command that prints data.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON on standard output.")
  var json = false
}

/// An absolute form of a path the user gave; `~` is the shell's to expand.
func absolute(_ path: String) -> String {
  let url = URL(filePath: path, relativeTo: URL(filePath: FileManager.default.currentDirectoryPath))
  let text = url.standardizedFileURL.path()
  let decoded = text.removingPercentEncoding ?? text
  return decoded.count > 1 && decoded.hasSuffix("/") ? String(decoded.dropLast()) : decoded
}

/// Prints a value as JSON: keys sorted, indented.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

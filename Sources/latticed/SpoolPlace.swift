import FoundationEssentials
import Glibc

/// Where the spool is when nobody says.
enum SpoolPlace {
  /// `$LATTICE_SPOOL`, else the user's own, else the machine's.
  static func usual() -> String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["LATTICE_SPOOL"], !path.isEmpty { return path }
    if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/share/lattice" }
    return "/var/spool/lattice"
  }

  /// The path from the root on, without a slash at its end.
  static func absolute(_ path: String) -> String {
    var path = path
    if !path.hasPrefix("/") {
      path = "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

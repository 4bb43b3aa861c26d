import DurableFiles
import Glibc

/// Where commands remember what plugins said, from one to the next.
package enum UserCache {
  /// `lattice` in `$XDG_CACHE_HOME` or in `~/.cache`; nil when there is no such place or it can't be made.
  package static var folder: String? {
    let named = variable("XDG_CACHE_HOME") ?? variable("HOME").map { "\($0)/.cache" }
    guard let named else { return nil }
    let folder = "\(named)/lattice"
    guard (try? Files.makeDirectory(folder)) != nil, access(folder, W_OK) == 0 else { return nil }
    return folder
  }

  /// What plugins said of themselves.
  package static var plugins: String? { folder.map { "\($0)/plugins.json" } }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

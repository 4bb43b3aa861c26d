import DurableFiles
import FileNames
import Glibc
package import JobModel

/// Where plugins and the worker are looked for.
package enum PluginFolders {
  /// Folders in the order in which they are searched: named ones, `$LATTICE_PLUGINS`, the spool's, and those of the
  /// running executable.
  package static func searchPath(named: [String], spool: SpoolFolder?) -> [String] {
    let listed = getenv("LATTICE_PLUGINS").map { String(cString: $0) } ?? ""
    let own = executableFolder
    return named + listed.split(separator: ":").map(String.init)
      + (spool.map { [$0.plugins] } ?? [])
      + ["\(own)/plugins", own]
  }

  /// Absolute paths of what may be plugins: `*.stage.so`, and beside the executable `lib*Stages.so`, which are the
  /// project's own under the names its build gives them.
  package static func candidates(in folders: [String]) -> [String] {
    var seen: Set<FileName> = []
    var paths: [String] = []
    for folder in folders {
      for name in (try? Files.names(in: folder)) ?? [] {
        let isOwn = name.hasPrefix("lib") && name.hasSuffix("Stages.so")
        guard name.hasSuffix(".stage.so") || isOwn else { continue }
        let path = Files.resolved("\(folder)/\(name)") ?? "\(folder)/\(name)"
        if seen.insert(FileName(path)).inserted { paths.append(path) }
      }
    }
    return paths
  }

  /// `$LATTICE_WORKER`, or `lattice-worker` beside the running executable.
  package static var worker: String {
    getenv("LATTICE_WORKER").map { String(cString: $0) } ?? "\(executableFolder)/lattice-worker"
  }

  /// Folder of the running executable, links resolved.
  package static var executableFolder: String {
    AtomicFile.parent(of: Files.resolved("/proc/self/exe") ?? "/")
  }
}

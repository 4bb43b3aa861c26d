/// Why a file can't serve as a stage plugin.
package enum StageLibraryError: Error, Hashable {
  case missing(path: String)
  /// Built for another machine or system, or no shared library at all; `what` follows "it is".
  case otherFormat(path: String, what: String)
  case notLoadable(path: String, reason: String)
  case missingLibrary(path: String, library: String)
  case notAPlugin(path: String)
  case otherMajor(path: String, found: Int)
  case newerMinimum(path: String, needs: Int, host: Int)
  case refused(path: String, why: String?)
  case invalidTable(path: String, fault: String)
  case unknownStage(path: String, id: String, known: [String])
}

extension StageLibraryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "there is no plugin '\(path)'"
    case .otherFormat(let path, let what):
      "can't load plugin '\(path)': it is \(what)"
    case .notLoadable(let path, let reason):
      "can't load plugin '\(path)': \(reason)"
    case .missingLibrary(let path, let library):
      """
      plugin '\(path)' needs the shared library '\(library)', which this machine does not have. Install the \
      package that holds it, or set LD_LIBRARY_PATH to its folder.
      """
    case .notAPlugin(let path):
      """
      '\(path)' is a shared library but not a stage plugin: it doesn't export 'lattice_stage_module_v1'. \
      Build it against lattice_stage.h or from a target that depends on StageSDK.
      """
    case .otherMajor(let path, let found):
      """
      plugin '\(path)' was built for stage ABI \(found), this host speaks 1. Rebuild it against this \
      Lattice's lattice_stage.h, or use a Lattice that speaks \(found).
      """
    case .newerMinimum(let path, let needs, let host):
      """
      plugin '\(path)' needs a host of stage ABI 1.\(needs) or later, this one is 1.\(host). Update Lattice, \
      or rebuild the plugin with a lower min_host_minor.
      """
    case .refused(let path, let why):
      "plugin '\(path)' refuses this host: \(why ?? "it gives no reason")"
    case .invalidTable(let path, let fault):
      "plugin '\(path)' describes itself wrongly: \(fault). Its author has to mend that."
    case .unknownStage(let path, let id, let known):
      "plugin '\(path)' has no stage '\(id)'; it has \(known.joined(separator: ", "))"
    }
  }
}

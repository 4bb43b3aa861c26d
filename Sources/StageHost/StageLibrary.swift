package import CStageABI
import Glibc
import JobModel

/// A loaded plugin; it stays loaded until the process ends.
// The tables it points into are immortal and never written.
package final class StageLibrary: @unchecked Sendable {
  package let path: String
  let module: UnsafePointer<lattice_stage_module>

  /// What loading it changed, and was put back.
  package private(set) var changes: AmbientChanges = []

  private init(path: String, module: UnsafePointer<lattice_stage_module>) {
    self.path = path
    self.module = module
  }

  /// Loads a plugin and shakes hands.
  ///
  /// - Throws: ``StageLibraryError``. A plugin that crashes takes the process along: describe unknown ones in a
  ///   child process.
  package static func load(_ path: String) throws(StageLibraryError) -> StageLibrary {
    guard access(path, F_OK) == 0 else { throw .missing(path: path) }
    if let fault = LibraryFormat.fault(of: path) { throw .otherFormat(path: path, what: fault) }
    let (opened, verdict) = Ambient.shared.around {
      // The reason is the loader's until its next call.
      let handle = dlopen(path.contains("/") ? path : "./\(path)", RTLD_NOW | RTLD_LOCAL)
      return (handle: handle, reason: handle == nil ? dlerror().map { String(cString: $0) } : nil)
    }
    guard let handle = opened.handle else {
      throw loadFailure(path, opened.reason ?? "no reason given")
    }
    guard let symbol = dlsym(handle, LATTICE_STAGE_ENTRY) else {
      for major in 2...9 where dlsym(handle, "lattice_stage_module_v\(major)") != nil {
        throw .otherMajor(path: path, found: major)
      }
      throw .notAPlugin(path: path)
    }
    let library = try greet(
      unsafeBitCast(symbol, to: lattice_stage_module_v1_fn.self), at: path)
    library.changes.formUnion(verdict.changes)
    return library
  }

  /// Shakes hands with a plugin through its entry function.
  ///
  /// - Parameters:
  ///   - entry: What the plugin exports; stages linked into this process have one too.
  ///   - path: How errors name the plugin.
  /// - Returns: The library; its table is checked.
  /// - Throws: ``StageLibraryError``.
  package static func greet(
    _ entry: lattice_stage_module_v1_fn, at path: String
  ) throws(StageLibraryError) -> StageLibrary {
    var why: UnsafePointer<CChar>?
    let (table, verdict) = Ambient.shared.around {
      entry(UInt32(LATTICE_STAGE_ABI_MINOR), &why)
    }
    guard let module = table else {
      throw .refused(path: path, why: text(why))
    }
    let host = Int(LATTICE_STAGE_ABI_MINOR)
    guard module.pointee.struct_size >= UInt32(MinorZero.module) else {
      throw .invalidTable(
        path: path,
        fault:
          "its module table has \(module.pointee.struct_size) bytes, the least is \(MinorZero.module)"
      )
    }
    guard module.pointee.n_stages <= 4096 else {
      throw .invalidTable(
        path: path, fault: "it counts \(module.pointee.n_stages) stages, at most 4096 will do")
    }
    guard module.pointee.min_host_minor <= host else {
      throw .newerMinimum(path: path, needs: Int(module.pointee.min_host_minor), host: host)
    }
    let library = StageLibrary(path: path, module: module)
    library.changes = verdict.changes
    _ = try library.describe()
    return library
  }

  /// Turns the loader's text into what a person can act on.
  private static func loadFailure(_ path: String, _ reason: String) -> StageLibraryError {
    let lacking = ": cannot open shared object file"
    if let end = reason.range(of: lacking) {
      let library = String(reason[..<end])
      if !library.hasSuffix(path) { return .missingLibrary(path: path, library: library) }
    }
    let prefix = "\(path): "
    return .notLoadable(
      path: path, reason: reason.hasPrefix(prefix) ? String(reason.dropFirst(prefix.count)) : reason
    )
  }

  /// The table of a stage.
  package func stage(_ id: String) throws(StageLibraryError) -> UnsafePointer<lattice_stage> {
    let stages = stageTables
    if let broken = try describe().brokenStages.first(where: { $0.id == id }) {
      throw .invalidTable(path: path, fault: broken.reason)
    }
    guard let found = stages.first(where: { text($0.pointee.id) == id }) else {
      throw .unknownStage(path: path, id: id, known: stages.compactMap { text($0.pointee.id) })
    }
    return found
  }

  var stageTables: [UnsafePointer<lattice_stage>] {
    (0..<Int(module.pointee.n_stages)).compactMap { module.pointee.stages?[$0] }
  }
}

extension String {
  /// The first place of `text`, without Foundation.
  fileprivate func range(of text: String) -> String.Index? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start }
      start = index(after: start)
    }
    return nil
  }
}

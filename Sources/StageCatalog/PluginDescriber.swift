import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
package import JobModel

/// Describes plugins in throw-away children and remembers what they said, also that they crashed or hung.
///
/// Processes that share a memory take turns: what one of them finds out is not asked by the others.
package struct PluginDescriber {
  /// Seconds for which a hang is remembered: the machine may have had a part in it.
  private static let hangSeconds = 600

  private let worker: String
  private let memory: PluginMemory?
  private let seconds: Double
  /// Hangs up to this second are not believed.
  private let forgottenHangs: Int
  private var known: [FileName: PluginMemory.Entry] = [:]
  /// Held from the first plugin that has to be asked on.
  private var turn: FileLock?
  private var hasWaited = false
  private var isChanged = false
  /// Why a plugin could not be looked at, when that may be otherwise later.
  package private(set) var passingFault: String?

  /// - Parameters:
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - cachePath: File that remembers descriptions; one that can't be read is made anew.
  ///   - seconds: A plugin that takes longer to load is broken.
  ///   - asksHungAgain: Forgets which plugins hung.
  package init(
    worker: String, cachePath: String?, seconds: Double = 10, asksHungAgain: Bool = false
  ) {
    self.worker = worker
    self.seconds = seconds
    memory = cachePath.map { PluginMemory(path: $0, worker: worker) }
    forgottenHangs = asksHungAgain ? WallClock.milliseconds / 1000 : 0
    takeOver(memory?.read() ?? [:])
  }

  /// What a plugin says of itself; asked again only when its file has changed.
  package mutating func describe(_ path: String) -> PluginDescription {
    let status = Files.status(path, followingLinks: true)
    if let remembered = remembered(path, status) { return remembered }
    if let kind = FileKind.name(at: path) {
      return broken(path, status, "plugin '\(path)' is \(kind), not a file", digest: "")
    }
    waitForTurn()
    if let remembered = remembered(path, status) { return remembered }
    do throws(WorkerFault) {
      let (found, hasHung) = try ask(path, status)
      known[FileName(path)] = PluginMemory.Entry(
        description: found, hungAt: hasHung ? WallClock.milliseconds / 1000 : nil)
      isChanged = true
      return found
    } catch {
      if error.isPassing { passingFault = passingFault ?? error.reason }
      return broken(path, status, error.reason, digest: "")
    }
  }

  /// Writes what was learned; failing to is no harm.
  package mutating func saveCache() {
    if isChanged { memory?.write(known) }
    isChanged = false
    turn = nil
    hasWaited = false
  }

  private func remembered(_ path: String, _ status: Files.Status?) -> PluginDescription? {
    guard let entry = known[FileName(path)],
      entry.description.file.looksLike(
        size: status?.size, mtimeNanoseconds: status?.mtimeNanoseconds)
    else { return nil }
    if let time = entry.hungAt, WallClock.milliseconds / 1000 - time > Self.hangSeconds {
      return nil
    }
    return entry.description
  }

  /// Waits until no other process asks plugins for the same memory, and takes over what those have learned.
  private mutating func waitForTurn() {
    guard !hasWaited, let memory else { return }
    hasWaited = true
    turn = memory.turn()
    takeOver(memory.read())
  }

  private mutating func takeOver(_ entries: [FileName: PluginMemory.Entry]) {
    for (path, entry) in entries where entry.isNewer(than: known[path]) {
      if let time = entry.hungAt, time <= forgottenHangs { continue }
      known[path] = entry
    }
  }

  /// The worker or the machine failed; nothing was learned that is worth remembering.
  private struct WorkerFault: Error {
    let reason: String
    var isPassing = false
  }

  private func run(_ path: String) throws(WorkerFault) -> ChildProcess.Output {
    do throws(FileError) {
      return try ChildProcess.run(
        worker, ["describe", path], seconds: seconds, memoryBytes: ChildProcess.askingMemoryBytes)
    } catch {
      throw WorkerFault(
        reason: "plugin '\(path)' can't be looked at: \(error.description)",
        isPassing: error.isPassing)
    }
  }

  private func ask(
    _ path: String, _ status: Files.Status?
  ) throws(WorkerFault) -> (description: PluginDescription, hasHung: Bool) {
    var output = try run(path)
    // Nobody kills itself so: somebody else did, or the machine is short of memory.
    if output.ending == .signalled("SIGKILL") { output = try run(path) }
    switch output.ending {
    case .signalled("SIGKILL"):
      throw WorkerFault(
        reason:
          "plugin '\(path)' could not be looked at: the process that loaded it was killed from outside, twice",
        isPassing: true)
    case .timedOut:
      let reason =
        "plugin '\(path)' took more than \(Int(seconds)) s to load and was killed; it must not block or compute while it is loaded"
      return (broken(path, status, reason), true)
    case .signalled(let signal):
      let reason = "plugin '\(path)' crashed while it was loaded: \(signal)\(output.lastWords)"
      return (broken(path, status, reason), false)
    case .exited(let code):
      guard code == 0,
        let found = try? JSONDecoder().decode(PluginDescription.self, from: Data(output.data))
      else {
        throw WorkerFault(
          reason:
            "plugin '\(path)' could not be described: the worker left with exit code \(code) and no description\(output.lastWords)"
        )
      }
      return (found, false)
    }
  }

  private func broken(
    _ path: String, _ status: Files.Status?, _ reason: String, digest: String? = nil
  ) -> PluginDescription {
    PluginDescription(
      file: PluginFile(
        path: path, size: status?.size ?? 0, mtimeNanoseconds: status?.mtimeNanoseconds ?? 0,
        sha256: digest ?? (try? SHA256.hexDigest(ofFile: path)) ?? ""), module: nil, broken: reason)
  }
}

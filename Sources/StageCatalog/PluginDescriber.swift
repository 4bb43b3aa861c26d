import DurableFiles
import FoundationEssentials
package import JobModel

/// Describes plugins in throw-away children and remembers what they said.
package struct PluginDescriber {
  private let worker: String
  private let cachePath: String?
  private let seconds: Double
  private let workerMark: String?
  private var cache: [String: PluginDescription] = [:]
  private var isChanged = false
  /// True when a plugin could not be looked at, so that asking again later may help.
  package private(set) var isUnsure = false

  /// - Parameters:
  ///   - worker: Absolute path of `lattice-worker`.
  ///   - cachePath: File that remembers descriptions; one that can't be read is made anew.
  ///   - seconds: A plugin that takes longer to load is broken.
  package init(worker: String, cachePath: String?, seconds: Double = 10) {
    self.worker = worker
    self.cachePath = cachePath
    self.seconds = seconds
    workerMark = Files.status(worker, followingLinks: true).map {
      "\(worker) \($0.size) \($0.mtimeNanoseconds)"
    }
    if let cachePath, let bytes = try? Files.read(cachePath),
      let known = try? JSONDecoder().decode(Memory.self, from: Data(bytes)),
      known.worker == workerMark
    {
      for description in known.plugins { cache[description.file.path] = description }
    }
  }

  /// What is written down; another worker may think otherwise of the same plugins.
  private struct Memory: Codable {
    var worker: String?
    var plugins: [PluginDescription]
  }

  /// What a plugin says of itself; asked again only when its file has changed.
  package mutating func describe(_ path: String) -> PluginDescription {
    let status = Files.status(path, followingLinks: true)
    if let known = cache[path], known.file.size == status?.size,
      known.file.mtimeNanoseconds == status?.mtimeNanoseconds
    {
      return known
    }
    do throws(WorkerFault) {
      let found = try ask(path)
      cache[path] = found
      isChanged = true
      return found
    } catch {
      isUnsure = true
      return broken(path, error.reason)
    }
  }

  /// The worker or the machine failed, or the plugin was slow; nothing was learned that is worth remembering.
  private struct WorkerFault: Error { let reason: String }

  /// Writes what was learned; failing to is no harm.
  package mutating func saveCache() {
    guard isChanged, let cachePath else { return }
    let all = cache.values.sorted { $0.file.path < $1.file.path }.filter {
      Files.exists($0.file.path)
    }
    let memory = Memory(worker: workerMark, plugins: all)
    guard let data = try? JSONEncoder().encode(memory) else { return }
    try? Files.makeDirectory(AtomicFile.parent(of: cachePath))
    try? AtomicFile.write(Array(data), to: cachePath)
    isChanged = false
  }

  private func run(_ path: String) throws(WorkerFault) -> ChildProcess.Output {
    do throws(FileError) {
      return try ChildProcess.run(worker, ["describe", path], seconds: seconds)
    } catch {
      throw WorkerFault(reason: "plugin '\(path)' can't be looked at: \(error.description)")
    }
  }

  private func ask(_ path: String) throws(WorkerFault) -> PluginDescription {
    var output = try run(path)
    // Nobody kills itself so: somebody else did, or the machine is short of memory.
    if output.ending == .signalled("SIGKILL") { output = try run(path) }
    switch output.ending {
    case .signalled("SIGKILL"):
      throw WorkerFault(
        reason:
          "plugin '\(path)' could not be looked at: the process that loaded it was killed from outside, twice"
      )
    case .timedOut:
      throw WorkerFault(
        reason:
          "plugin '\(path)' took more than \(Int(seconds)) s to load and was killed; it must not block or compute while it is loaded"
      )
    case .signalled(let signal):
      return broken(
        path, "plugin '\(path)' crashed while it was loaded: \(signal)\(output.lastWords)")
    case .exited(let code):
      guard code == 0,
        let found = try? JSONDecoder().decode(PluginDescription.self, from: Data(output.data))
      else {
        throw WorkerFault(
          reason:
            "plugin '\(path)' could not be described: the worker left with exit code \(code) and no description\(output.lastWords)"
        )
      }
      return found
    }
  }

  private func broken(_ path: String, _ reason: String) -> PluginDescription {
    let status = Files.status(path, followingLinks: true)
    let digest = (try? SHA256.hexDigest(ofFile: path)) ?? ""
    return PluginDescription(
      file: PluginFile(
        path: path, size: status?.size ?? 0, mtimeNanoseconds: status?.mtimeNanoseconds ?? 0,
        sha256: digest), module: nil, broken: reason)
  }
}

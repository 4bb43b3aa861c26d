import Foundation
import Glibc
import JobModel
import StageCatalog

/// Turns this process into a worker that runs rules, for a debugger that holds it.
enum RuleProcess {
  /// Does not return when all goes well.
  ///
  /// - Throws: What keeps the worker from starting.
  static func become(_ requests: [RuleRequest]) throws {
    let path = NSTemporaryDirectory() + "lattice-rules-\(getpid()).json"
    try JSONEncoder().encode(requests).write(to: URL(filePath: path))
    // The worker reads it through a descriptor that it inherits, so that no file is left behind.
    let descriptor = open(path, O_RDONLY)
    unlink(path)
    let worker = PluginFolders.worker
    let words: [String] = [worker, "rule", "/dev/fd/\(descriptor)"]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    execv(worker, arguments)
    let code = errno
    throw failure("can't start '\(worker)': \(String(cString: strerror(code)))")
  }
}

package import DurableFiles
import FoundationEssentials
import Glibc
package import JobModel

/// Hands specs in as a careful writer does: written aside, synced, renamed into `incoming/`.
package enum HandIn {
  /// Hands a spec in.
  ///
  /// - Parameters:
  ///   - bytes: The spec.
  ///   - name: What it is called; made unique, and shortened where it would get too long.
  ///   - origin: The folder its relative paths are meant from.
  ///   - spool: Where to.
  /// - Returns: The name it got in `incoming/`.
  /// - Throws: ``FileError`` that names the step.
  package static func submit(
    _ bytes: [UInt8], name: String, origin: DropOrigin, into spool: SpoolFolder
  ) throws -> String {
    try Files.makeDirectory(spool.incomingTemporary)
    var stem = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    let mark = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    while stem.utf8.count + mark.utf8.count + 6 > DropName.lengthLimit { stem.removeLast() }
    let unique = "\(stem)-\(mark).yaml"
    let companion = DropName.companion(of: unique)
    let temporary = "\(spool.incomingTemporary)/\(mark)"
    var origin = origin
    origin.handedInAs = unique
    try AtomicFile.write(Array(try JSONEncoder().encode(origin)), to: "\(temporary).json")
    try AtomicFile.write(bytes, to: temporary)
    try Files.rename("\(temporary).json", "\(spool.incoming)/\(companion)")
    try Files.rename(temporary, "\(spool.incoming)/\(unique)")
    try AtomicFile.syncDirectory(spool.incoming)
    return unique
  }
}

/// Requests of the command line in `control/`, handed in and taken like specs.
package enum ControlFolder {
  /// Hands a request in.
  package static func handIn(_ request: ControlRequest, to spool: SpoolFolder) throws {
    try Files.makeDirectory(spool.controlTemporary)
    let name = "\(WallClock.milliseconds)-\(UInt32.random(in: 0...UInt32.max)).json"
    let temporary = "\(spool.controlTemporary)/\(name)"
    try AtomicFile.write(Array(try JSONEncoder().encode(request)), to: temporary)
    try Files.rename(temporary, "\(spool.control)/\(name)")
    try AtomicFile.syncDirectory(spool.control)
  }

  /// Paths of requests that wait, in the order of hand-in.
  package static func waiting(in spool: SpoolFolder) throws(FileError) -> [String] {
    try Files.names(in: spool.control)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      .map { "\(spool.control)/\($0)" }
  }

  /// The request in a file; nil when it holds none.
  ///
  /// - Throws: ``FileError`` when it can't be read, which says nothing of what is in it.
  package static func read(_ path: String) throws(FileError) -> ControlRequest? {
    do throws(FileError) {
      let bytes = try Files.read(path, limit: 64 << 10)
      return try? JSONDecoder().decode(ControlRequest.self, from: Data(bytes))
    } catch {
      if error.code == EFBIG || error.found != nil { return nil }
      throw error
    }
  }
}

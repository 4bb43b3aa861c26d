import Foundation
import GRDB

/// Opens a journal for reading, also for a user who may not write beside it.
///
/// While a daemon is up, or after it was killed, SQLite's files beside the journal are there and can be shared. After a
/// daemon went down in good order they are gone, and only who may make them can open the journal the usual way; others
/// take it as a file that doesn't change, which it then is.
enum ForeignJournal {
  static func open(_ path: String) throws -> any DatabaseReader {
    do {
      return try opened(path)
    } catch let error as DatabaseError where lacksPermission(error) {
      if size(of: "\(path)-wal") == 0, let queue = try? opened(unchanging(path)) { return queue }
      return try copied(path)
    }
  }

  private static func opened(_ path: String) throws -> any DatabaseReader {
    let queue = try DatabaseQueue(path: path, configuration: Schema.configuration(readOnly: true))
    _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
    return queue
  }

  private static func lacksPermission(_ error: DatabaseError) -> Bool {
    [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM].contains(error.resultCode)
  }

  private static func size(of path: String) -> Int {
    var found = stat()
    return stat(path, &found) == 0 ? Int(found.st_size) : 0
  }

  /// A URI that tells SQLite to make nothing beside the file.
  private static func unchanging(_ path: String) -> String {
    let plain = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
    return "file:\(path.addingPercentEncoding(withAllowedCharacters: plain) ?? path)?immutable=1"
  }

  /// The journal with what was not carried over into it yet, from a private copy that is gone once it is open.
  private static func copied(_ path: String) throws -> any DatabaseReader {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lattice-journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appending(path: "lattice.db").path()
    for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: path + ending) {
      try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: copy + ending)
    }
    let queue = try DatabaseQueue(path: copy, configuration: Schema.configuration(readOnly: false))
    _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
    return queue
  }
}

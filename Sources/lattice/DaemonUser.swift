import DurableFiles
import FileNames
import Foundation
import JobModel

/// The user that a spool's daemon last ran as, and what that user can read, as far as modes and groups tell.
struct DaemonUser {
  let id: uid_t
  private let groups: Set<gid_t>

  /// Found by what the daemon has written last; nil when no daemon has been there.
  init?(of spool: SpoolFolder) {
    var found = stat()
    guard stat(spool.status, &found) == 0 || stat(spool.daemonLock, &found) == 0 else { return nil }
    id = found.st_uid
    groups = Self.groups(of: found.st_uid).union([found.st_gid])
  }

  /// `'ann'`, or `user 1001` where that has no name.
  var name: String { Self.name(of: id) }

  /// What keeps the user from using a file or folder, as the end of a sentence; nil when nothing does.
  ///
  /// - Parameters:
  ///   - path: Links are followed.
  ///   - needed: Rights as the last digit of a mode.
  /// - Returns: Whose it is and its mode.
  func obstacle(to path: FileName, needing needed: mode_t) -> String? {
    guard id != 0 else { return nil }
    var found = stat()
    guard path.withSystemPath({ stat($0, &found) }) == 0 else { return nil }
    let mode = found.st_mode & 0o777
    let rights: mode_t =
      if found.st_uid == id { mode >> 6 } else if groups.contains(found.st_gid) { mode >> 3 } else {
        mode
      }
    guard rights & needed != needed else { return nil }
    return "belongs to \(Self.name(of: found.st_uid)) and has mode \(String(mode, radix: 8))"
  }

  private static func name(of id: uid_t) -> String {
    guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
    return "'\(String(cString: name).shown)'"
  }

  private static func groups(of id: uid_t) -> Set<gid_t> {
    guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return [] }
    var groups = [gid_t](repeating: 0, count: 256)
    var count = Int32(groups.count)
    guard getgrouplist(name, entry.pointee.pw_gid, &groups, &count) >= 0 else {
      return [entry.pointee.pw_gid]
    }
    return Set(groups.prefix(Int(count)))
  }
}

/// Looks, while no daemon runs, for files that its user will not be able to read: whoever asks may have more rights.
struct AccessCheck {
  private let spool: SpoolFolder

  init(_ spool: SpoolFolder) { self.spool = spool }

  /// Findings are no longer than this list.
  private static let most = 20

  var findings: [DoctorCommand.Finding] {
    guard !FileLock.isHeld(spool.daemonLock), let user = DaemonUser(of: spool) else { return [] }
    let found = paths.compactMap { path, needed in
      user.obstacle(to: path, needing: needed).map { (path, $0) }
    }
    let findings = found.prefix(Self.most).map { path, obstacle in
      let verb = Files.status(path, followingLinks: true)?.kind == .directory ? "use" : "read"
      return DoctorCommand.Finding(
        verdict: .bad,
        what: "latticed ran as \(user.name) last, who can't \(verb) \(path.shown): it \(obstacle)",
        advice: "Give that user the right, or start latticed as another.")
    }
    guard found.count > Self.most else { return findings }
    return findings + [
      DoctorCommand.Finding(
        verdict: .bad,
        what: "\(found.count - Self.most) more files can't be used by \(user.name)", advice: nil)
    ]
  }

  /// What a daemon has to read or change, with the rights that takes.
  private var paths: [(FileName, mode_t)] {
    let readOnly = [spool.models, spool.plugins]
    let folders = spool.directories.map { (FileName($0), mode_t(readOnly.contains($0) ? 5 : 7)) }
    let specs = inside(spool.incoming) { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    let files =
      [FileName(spool.versionFile), FileName(spool.configuration)] + specs
      + inside(spool.control) { $0.hasSuffix(".json") }
      + claims.flatMap { inside($0) { $0.hasPrefix("drop.") || $0 == "spec.yaml" } }
    return folders + inside(spool.jobs) { _ in true }.map { ($0, 7) }
      + [(FileName(spool.database), 6)] + files.map { ($0, 4) }
  }

  /// Folders of specs that were taken and are no jobs yet.
  private var claims: [String] {
    inside(spool.jobs) { $0.hasPrefix(".new-") }.compactMap(\.text)
  }

  private func inside(_ folder: String, where isMeant: (FileName) -> Bool) -> [FileName] {
    let path = FileName(folder)
    return ((try? Files.entries(in: path)) ?? []).filter(isMeant).map { path.appending($0) }
  }
}

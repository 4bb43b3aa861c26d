import CSystemCalls
import Glibc

/// Files kept by their digest: whoever was promised them gets them, whatever becomes of the originals.
///
/// ```
/// STORE/lock
///   SHA256/marks         how each file looked when it was last known to be right
///     content/…          the files, under their names
///     users              each user has a hard link to it; nobody needs the content when there is none
/// ```
package struct DigestStore: Hashable, Sendable {
  /// A file to keep, by its path below the folder of the originals.
  package struct Part: Hashable, Sendable {
    package var name: String
    /// 64 hexadecimal digits.
    package var sha256: String

    package init(name: String, sha256: String) {
      self.name = name
      self.sha256 = sha256
    }
  }

  /// Why something can't be kept.
  package enum Fault: Error, Hashable {
    /// A file is not what its digest says.
    case other(name: String, found: String)
    /// A name that leads out of the folder.
    case name(String)
    case file(FileError)
  }

  package let path: String

  package init(path: String) { self.path = path }

  /// Keeps files, if they are not kept yet, and notes who needs them.
  ///
  /// - Parameters:
  ///   - digest: Names them together.
  ///   - parts: All of them.
  ///   - folder: Of the originals.
  ///   - withNeighbours: Whether what else is in the folder gets links, for a library that looks for it there.
  ///   - user: Path of the hard link that keeps them alive; it goes with the folder it is in.
  ///   - beat: Called while a large file is read.
  /// - Returns: The folder of the entry, for ``KeptEntry``.
  /// - Throws: ``Fault``; nothing is kept then.
  package func keep(
    _ digest: String, _ parts: [Part], of folder: String, withNeighbours: Bool = false,
    for user: String, beat: @escaping () -> Void = {}
  ) throws(Fault) -> String {
    for part in parts {
      let isPlain = part.name.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      guard isPlain, !part.name.isEmpty else { throw .name(part.name) }
    }
    let entry = "\(path)/\(digest)"
    do throws(FileError) {
      try Files.makeDirectory(AtomicFile.parent(of: user))
      try Files.makeDirectory(path)
      if Files.exists(entry), try KeptEntry(entry).firstWrong(beat: beat) == nil,
        try add(user, to: entry)
      {
        return entry
      }
    } catch {
      throw .file(error)
    }
    let fresh = "\(path)/.new-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? Files.removeTree(fresh) }
    try DigestCopy(parts: parts, source: folder, target: fresh, beat: beat).make(
      withNeighbours: withNeighbours)
    do throws(FileError) {
      try publish(fresh, as: entry, user)
    } catch {
      throw .file(error)
    }
    return entry
  }

  /// Puts a new entry in its place; a damaged one gives way, a good one is taken instead.
  private func publish(_ fresh: String, as entry: String, _ user: String) throws(FileError) {
    guard let lock = try lock(patience: 10) else { throw FileError("lock", path, ETIMEDOUT) }
    defer { withExtendedLifetime(lock) {} }
    if Files.exists(entry) {
      if try KeptEntry(entry).firstWrong() == nil {
        return try Self.link("\(entry)/users", user)
      }
      try Files.rename(entry, "\(path)/.old-\(UInt64.random(in: 0...UInt64.max))")
    }
    try Files.rename(fresh, entry)
    try Self.link("\(entry)/users", user)
  }

  /// Adds a user; false when the entry has just gone.
  private func add(_ user: String, to entry: String) throws(FileError) -> Bool {
    guard let lock = try lock(patience: 10) else { throw FileError("lock", path, ETIMEDOUT) }
    defer { withExtendedLifetime(lock) {} }
    guard Files.exists(entry) else { return false }
    try Self.link("\(entry)/users", user)
    return true
  }

  private static func link(_ users: String, _ user: String) throws(FileError) {
    guard Glibc.link(users, user) != 0, errno != EEXIST else { return }
    let reason = errno
    guard reason == EMLINK else { throw FileError("link", users, reason) }
    // So many need it that one more or less does not matter: a fresh count starts beside.
    try AtomicFile.write([], to: user)
    try Files.rename(users, "\(users)-\(UInt64.random(in: 0...UInt64.max))")
    guard Glibc.link(user, users) == 0 else { throw FileError("link", users, errno) }
  }

  /// Removes what nobody needs any more, and what a dead process left half made.
  ///
  /// - Returns: How many entries went.
  @discardableResult
  package func sweep() -> Int {
    guard Files.exists(path), let lock = try? lock(patience: 0) else { return 0 }
    var doomed: [String] = []
    var count = 0
    for name in (try? Files.names(in: path)) ?? [] where name != "lock" {
      let entry = "\(path)/\(name)"
      if name.hasPrefix(".old-") {
        doomed.append(entry)
      } else if name.hasPrefix(".new-") {
        let maker = Int32(name.dropFirst(".new-".count).prefix { $0 != "-" }) ?? 0
        if maker <= 0 || (kill(maker, 0) != 0 && errno == ESRCH) { doomed.append(entry) }
      } else if !hasUsers(entry) {
        let aside = "\(path)/.old-\(UInt64.random(in: 0...UInt64.max))"
        if (try? Files.rename(entry, aside)) != nil {
          doomed.append(aside)
          count += 1
        }
      }
    }
    withExtendedLifetime(lock) {}
    for entry in doomed { try? Files.removeTree(entry) }
    return count
  }

  private func hasUsers(_ entry: String) -> Bool {
    ((try? Files.names(in: entry)) ?? []).contains { name in
      name.hasPrefix("users") && (Files.status("\(entry)/\(name)")?.linkCount ?? 0) > 1
    }
  }

  /// Takes the store's lock; nil when it is held for longer than `patience` seconds.
  private func lock(patience: Double) throws(FileError) -> OpenFile? {
    let file = try OpenFile("\(path)/lock", O_RDWR | O_CREAT)
    let end = WallClock.monotonicNanoseconds + Int(patience * 1e9)
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw FileError("lock", file.path, errno)
      }
      guard WallClock.monotonicNanoseconds < end else { return nil }
      usleep(1000)
    }
    return file
  }
}

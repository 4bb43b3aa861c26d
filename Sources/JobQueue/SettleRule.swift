package import DurableFiles
package import FileNames

/// Tells when a file that was dropped is complete.
///
/// A file that was renamed into place is; another is once its size and times have held still for a while. That a
/// writer closed it proves nothing, and that it parses proves nothing either: a prefix of YAML is often valid YAML.
package struct SettleRule: Sendable {
  /// What a look at a file showed.
  package struct Look: Hashable, Sendable {
    package var size: Int
    package var mtimeNanoseconds: Int
    package var ctimeNanoseconds: Int
    package var inode: UInt

    package init(size: Int, mtimeNanoseconds: Int, ctimeNanoseconds: Int, inode: UInt) {
      self.size = size
      self.mtimeNanoseconds = mtimeNanoseconds
      self.ctimeNanoseconds = ctimeNanoseconds
      self.inode = inode
    }

    package init(_ status: Files.Status) {
      self.init(
        size: status.size, mtimeNanoseconds: status.mtimeNanoseconds,
        ctimeNanoseconds: status.ctimeNanoseconds, inode: status.inode)
    }

    /// The look as a line of text.
    var mark: String { "\(inode) \(size) \(mtimeNanoseconds) \(ctimeNanoseconds)\n" }
  }

  private struct Watched: Sendable {
    var look: Look
    var since: Int
  }

  private let settleNanoseconds: Int
  private var watched: [FileName: Watched] = [:]

  package init(settleSeconds: Double) { settleNanoseconds = Int(settleSeconds * 1e9) }

  /// Takes a look at a file.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - look: What it is like now.
  ///   - wasMoved: It came by rename since the last look.
  ///   - now: Nanoseconds of a steady clock.
  /// - Returns: True when it is complete.
  package mutating func isSettled(
    _ name: FileName, _ look: Look, wasMoved: Bool, at now: Int
  ) -> Bool {
    if wasMoved { return true }
    guard let before = watched[name], before.look == look else {
      watched[name] = Watched(look: look, since: now)
      return false
    }
    return now - before.since >= settleNanoseconds
  }

  /// Nanoseconds for which a file has been seen unchanged.
  package func quietNanoseconds(of name: FileName, at now: Int) -> Int {
    watched[name].map { now - $0.since } ?? 0
  }

  /// Forgets files that are gone.
  package mutating func keep(only names: Set<FileName>) {
    watched = watched.filter { names.contains($0.key) }
  }

  /// True while some file besides the given ones may settle without anything else happening.
  package func isWaiting(without names: Set<FileName>) -> Bool {
    watched.keys.contains { !names.contains($0) }
  }

  /// True while some file may settle without anything else happening.
  package var isWaiting: Bool { !watched.isEmpty }
}

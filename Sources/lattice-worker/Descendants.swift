import CSystemCalls
import Glibc

/// What plugins start and leave running: it ends with this process, in whatever session it is.
enum Descendants {
  /// Makes this process the parent of what its children leave behind, and ends all of them when it exits.
  ///
  /// To be called before a plugin is loaded. Of a process that is killed the one that started it ends what is left.
  static func tie() {
    guard lattice_adopt_orphans() == 0 else { return }
    atexit { Descendants.end() }
  }

  /// Kills all children and theirs, for a second at most.
  static func end() {
    for _ in 0..<500 {
      guard lattice_end_orphans() > 0 else { return }
      usleep(2000)
    }
  }
}

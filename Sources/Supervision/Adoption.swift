import CSystemCalls

/// What workers leave running comes to this process when they end, and is ended here.
package enum Adoption {
  /// Makes this process the parent of what its descendants leave behind.
  ///
  /// For programs whose children are all started by this package: others are taken for orphans.
  package static func begin() { _ = lattice_adopt_orphans() }

  /// Kills what was left behind.
  ///
  /// - Returns: How many there were; none where ``begin()`` was not called.
  static func endOrphans() -> Int {
    lattice_adopts_orphans() == 1 ? Int(lattice_end_orphans()) : 0
  }
}

/// Writes into a pipe that nobody reads fail instead of ending this process.
package enum BrokenPipes {
  package static func ignore() { lattice_ignore_broken_pipes() }
}

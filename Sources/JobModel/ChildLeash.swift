/// What ties a throw-away child to whoever started it: it dies with its parent, and of too much CPU time.
///
/// The parent writes it into the child's environment. A child that hangs in a plugin would otherwise spin for ever once
/// nobody is left to kill it.
package struct ChildLeash: Hashable, Sendable {
  /// Name of the variable.
  package static let variable = "LATTICE_CHILD_LEASH"

  /// Process id of the parent.
  package let parent: Int32
  /// Seconds of CPU time, of all threads, after which the child is killed.
  package let cpuSeconds: Int

  /// Ties a child of `parent`.
  package init(parent: Int32, cpuSeconds: Int) {
    self.parent = parent
    self.cpuSeconds = cpuSeconds
  }

  /// Reads the variable's value, `PARENT:SECONDS`; nil when it is no such text.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let parent = Int32(parts[0]), let seconds = Int(parts[1]),
      parent > 0, seconds > 0
    else { return nil }
    self.init(parent: parent, cpuSeconds: seconds)
  }

  /// The variable's value.
  package var text: String { "\(parent):\(cpuSeconds)" }
}

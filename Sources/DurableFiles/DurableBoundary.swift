import Glibc
import Synchronization

/// Names the moments at which something has just become durable, so that tests can end the process there.
///
/// With `LATTICE_KILL_AT=name:n` in the environment the process kills itself the n-th time it reaches `name`; with
/// `LATTICE_KILL_ONCE=file` too, only if it is the one that creates that file,
/// which then tells the moment.
package enum DurableBoundary {
  /// Every boundary of daemon and worker, in the order a job passes them.
  package static let allNames = [
    "queue.claim.made-folder", "queue.claim.took-drop", "queue.claim.wrote-spec",
    "intake.wrote-plan", "intake.inserted-job", "queue.claim.published", "queue.claim.finished",
    "supervisor.leased", "shard.outputs-written", "shard.file-renamed", "shard.outputs-renamed",
    "shard.state-renamed", "shard.model-intended", "shard.model-renamed", "shard.done",
    "supervisor.recorded-shard", "supervisor.wrote-result",
    "supervisor.ended-job", "control.noted-wish", "supervisor.retried-job",
    "supervisor.took-back-shards", "gc.removed-part",
  ]

  /// Call right after the step that `name` stands for; costs next to nothing when no test is at work.
  package static func reached(_ name: String) {
    guard let plan, plan.name == name else { return }
    let count = reachedCount.wrappingAdd(1, ordering: .relaxed).newValue
    guard count == plan.time else { return }
    if let once = plan.once {
      let file = open(once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard file >= 0 else { return }
      let place = Array("\(name):\(count)".utf8)
      _ = place.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    }
    kill(getpid(), SIGKILL)
  }

  private struct Plan: Sendable {
    var name: String
    var time: Int
    var once: String?
  }

  private static let reachedCount = Atomic<Int>(0)

  private static let plan: Plan? = {
    guard let text = getenv("LATTICE_KILL_AT").map({ String(cString: $0) }) else { return nil }
    let parts = text.split(separator: ":")
    guard let name = parts.first else { return nil }
    let time = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
    let once = getenv("LATTICE_KILL_ONCE").map { String(cString: $0) }
    return Plan(name: String(name), time: time, once: once)
  }()
}

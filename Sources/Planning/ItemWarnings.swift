import FileNames
import JobModel
import PipelineSpec
import YAML

/// What a plan says of items that will fail for certain, before anything runs.
struct ItemWarnings {
  let total: Int
  let faulty: Examples
  let collisions: NameCollisions
  let allowance: FailureAllowance
  let isTask: Bool

  func faults(_ spec: PipelineSpec) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let failing = faulty.count + collisions.unnamed.count
    let isAllowed = allowance.allows(failed: failing, of: total)
    let verdict =
      isAllowed ? "" : "; 'errors.max_failed_items' allows fewer, so the job would end as failed"
    if !faulty.isEmpty {
      // A task works for hours on all items at once: better not begun than failed for certain.
      let isFatal = isTask && !isAllowed
      found.append(
        Diagnostic(
          isFatal ? "E134" : "W191",
          "\(faulty.counted("item")) can't be read and will fail: \(faulty.list)\(verdict)",
          at: spec.input?.name.mark, severity: isFatal ? .error : .warning, path: "input"))
    }
    if !collisions.unnamed.isEmpty {
      let place = collisions.unnamedPlace(spec)
      found.append(
        Diagnostic(
          "W192",
          "\(collisions.unnamed.counted("item")) can't have an output and will fail: \(collisions.unnamed.list)\(verdict)",
          at: place.mark, severity: .warning, path: place.path))
    }
    return found
  }
}

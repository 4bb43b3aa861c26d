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

  func faults(_ spec: PipelineSpec) -> [Diagnostic] {
    var warnings: [Diagnostic] = []
    let failing = faulty.count + collisions.unnamed.count
    let verdict =
      allowance.allows(failed: failing, of: total)
      ? "" : "; 'errors.max_failed_items' allows fewer, so the job would end as failed"
    if !faulty.isEmpty {
      warnings.append(
        Diagnostic(
          "W191",
          "\(faulty.counted("item")) can't be read and will fail: \(faulty.list)\(verdict)",
          at: spec.input?.name.mark, severity: .warning, path: "input"))
    }
    if !collisions.unnamed.isEmpty {
      let place = collisions.unnamedPlace(spec)
      warnings.append(
        Diagnostic(
          "W192",
          "\(collisions.unnamed.counted("item")) can't have an output and will fail: \(collisions.unnamed.list)\(verdict)",
          at: place.mark, severity: .warning, path: place.path))
    }
    return warnings
  }
}

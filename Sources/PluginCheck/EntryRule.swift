import JobModel
import CStageABI
import DurableFiles
import Glibc
import StageHost

/// The entry function: quick, no files, no threads; the only thing the library exports.
enum EntryRule {
  /// Milliseconds of processor time to load the library and describe itself.
  private static let limit = 20.0

  static func check(_ path: String, slack: Double) throws -> Findings {
    var findings = Findings()
    let own = (ProcessUse.descriptors, ProcessUse.threads, ProcessUse.children.count)
    let start = ProcessUse.processorSeconds
    let library = try StageLibrary.load(path)
    let milliseconds = (ProcessUse.processorSeconds - start) * 1000
    let after = (ProcessUse.descriptors, ProcessUse.threads, ProcessUse.children.count)
    findings.note = "loads and describes itself in \(rounded(milliseconds)) ms"
    findings.prefer(
      milliseconds <= limit * slack,
      "it takes \(rounded(milliseconds)) ms to load and describe itself, more than \(Int(limit * slack)); leave work to open"
    )
    findings.expect(
      after.0 <= own.0, "it leaves descriptors open when it is loaded: \(after.0 - own.0)")
    for change in library.changes.names { findings.faults.append("loading it changes \(change)") }
    findings.expect(
      after.2 <= own.2, "it starts processes when it is loaded: \(after.2 - own.2)")
    findings.expect(after.1 <= own.1, "it starts threads when it is loaded: \(after.1 - own.1)")
    let exported = try ExportedSymbols.of(library.path).subtracting([LATTICE_STAGE_ENTRY])
    findings.prefer(
      exported.isEmpty,
      "it exports \(exported.count) symbols beside lattice_stage_module_v1, such as '\(exported.sorted().first ?? "")', which can clash with another plugin's; link it with a version script or -fvisibility=hidden"
    )
    return findings
  }

  private static func rounded(_ milliseconds: Double) -> String {
    "\((milliseconds * 10).rounded(.toNearestOrEven) / 10)"
  }
}

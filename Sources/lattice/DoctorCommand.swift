import ArgumentParser
import DurableFiles
import FileNames
import Foundation
import JobModel
import JobReport
import StageCatalog
import Supervision

/// Looks over an installation and a spool, and says what to do about what it finds.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check that everything is in order, and say what to do if not.",
    discussion: """
      Exits 1 when something has to be mended. --repair makes a damaged or lost journal again from the jobs' folders, \
      while latticed is stopped: the damaged one is kept beside it, and what can't be known any more is said.

      Examples:
        lattice doctor
        lattice doctor --repair
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "Rebuild a damaged or lost journal from the jobs' folders.") var repair = false

  /// One thing looked at.
  struct Finding: Encodable {
    enum Verdict: String, Encodable { case good, note, bad }

    var verdict: Verdict
    var what: String
    /// What to do, when it is not good.
    var advice: String?
  }

  func run() throws {
    let repairs = repair ? try repairFindings() : []
    let findings =
      repairs + spoolFindings() + daemonFindings() + JournalCheck(spool.folder).findings
      + IncomingCheck(spool.folder).findings + AccessCheck(spool.folder).findings + pluginFindings()
      + modelFindings()
    if output.json {
      try printJSON(findings)
    } else {
      findings.forEach(show)
    }
    if findings.contains(where: { $0.verdict == .bad }) { throw Outcome.failed.exitCode }
  }

  private func show(_ finding: Finding) {
    let terminal = Terminal.output
    let mark =
      switch finding.verdict {
      case .good: terminal.styled("ok  ", .green)
      case .note: terminal.styled("note", .yellow)
      case .bad: terminal.styled("bad ", .red)
      }
    print("\(mark)  \(finding.what)")
    if let advice = finding.advice { print("      \(advice)") }
  }

  private func spoolFindings() -> [Finding] {
    let folder = spool.folder
    guard FileManager.default.fileExists(atPath: folder.versionFile) else {
      return [
        Finding(
          verdict: .bad, what: "there is no spool at \(folder.path)",
          advice:
            "Start the daemon (latticed --spool \(folder.path)), or name the spool with --spool.")
      ]
    }
    var findings = [Finding(verdict: .good, what: "spool \(folder.path)")]
    findings.append(
      FileLock.isHeld(folder.daemonLock)
        ? Finding(verdict: .good, what: "latticed is running")
        : Finding(
          verdict: .note, what: "latticed is not running",
          advice: "Specs are taken in once it runs: latticed --spool \(folder.path)"))
    let values = try? URL(filePath: folder.path).resourceValues(forKeys: [
      .volumeAvailableCapacityKey
    ])
    if let free = values?.volumeAvailableCapacity {
      let isLow = free < 1 << 30
      findings.append(
        Finding(
          verdict: isLow ? .bad : .good, what: "\(Quantity.bytes(free)) free on the spool's disk",
          advice: isLow ? "Free some space: lattice gc --older 7d removes ended jobs." : nil))
    }
    return findings
  }

  /// How a running daemon is doing, and specs that something keeps from being planned.
  private func daemonFindings() -> [Finding] {
    guard FileLock.isHeld(spool.folder.daemonLock), let status = DaemonStatus.read(spool.folder)
    else { return [] }
    let loop = status.loop
    let isSlow = loop.longestMilliseconds > 50
    let step = Finding(
      verdict: isSlow ? .note : .good,
      what: "the longest step of latticed took \(loop.longestMilliseconds) ms"
        + (isSlow ? ", most of it for \(loop.longestPart); \(loop.slowSteps) took over 50 ms" : ""),
      advice: isSlow
        ? "Signals and requests waited so long; a busy or slow disk is the usual reason." : nil)
    return [step]
      + status.specs.filter { $0.reason != nil }.map {
        Finding(
          verdict: .note, what: WaitingSpecs.line($0),
          advice: "It is tried again by itself; 'lattice cancel \($0.id)' gives it up.")
      }
      + [status.intakeTrouble].compactMap(\.self).map {
        Finding(
          verdict: .note, what: "specs are not taken in for now: latticed \($0.shown)",
          advice: "It is tried again by itself.")
      }
      + (status.jobs ?? []).map {
        Finding(
          verdict: .note, what: "the job \($0.id) waits: \($0.reason.shown)",
          advice: "It is tried again by itself; 'lattice cancel \($0.id)' gives it up.")
      }
  }

  /// Mends the journal, and says what was done.
  private func repairFindings() throws -> [Finding] {
    let report: JournalRepair.Report?
    do {
      report = try JournalRepair.run(spool.folder)
    } catch {
      throw failure("\(error)")
    }
    guard let report else { return [Finding(verdict: .good, what: "the journal needs no repair")] }
    var findings = [Finding(verdict: .good, what: "made the journal again of \(report.summary)")]
    if let path = report.keptAs {
      findings.append(Finding(verdict: .note, what: "the damaged journal is kept as \(path)"))
    }
    return findings + report.lost.map { Finding(verdict: .note, what: "lost: \($0)") }
  }

  /// Where models are looked for, and which of them are not whole.
  private func modelFindings() -> [Finding] {
    let folders = ModelFolders.searchPath(spool: spool.folder)
    let models = ModelFolder.all(in: folders)
    let places = folders.map { folder in
      let count = models.count { $0.path.hasPrefix("\(folder)/") }
      let isThere = FileManager.default.fileExists(atPath: folder)
      return "\(folder) (\(isThere ? "\(count)" : "not there"))"
    }
    return [
      Finding(
        verdict: .good,
        what: "\(models.count) models; looked in \(places.joined(separator: ", "))")
    ]
      + models.filter { $0.files.isEmpty }.map {
        Finding(
          verdict: .bad, what: "the model \($0.reference) has no MANIFEST",
          advice: "Nothing can use it; remove its folder, \($0.path).")
      }
  }

  private func pluginFindings() -> [Finding] {
    let catalog = plugins.catalog(spool.folder)
    let stages = catalog.stageIDs.count
    var findings = [
      stages > 0
        ? Finding(verdict: .good, what: "\(stages) stages in \(catalog.plugins.count) plugins")
        : Finding(
          verdict: .bad, what: "no stage plugins found",
          advice:
            "Looked in: \(catalog.searched.joined(separator: ", ")). Name folders with --plugins.")
    ]
    findings += catalog.brokenPlugins.map {
      Finding(verdict: .bad, what: "broken plugin \($0.path)", advice: $0.reason)
    }
    findings += catalog.brokenStages.map {
      Finding(
        verdict: .bad, what: "broken stage \($0.stage.id) in \($0.plugin.path)",
        advice: $0.stage.reason)
    }
    findings += catalog.warnings.map { Finding(verdict: .note, what: $0.text) }
    return findings
  }
}

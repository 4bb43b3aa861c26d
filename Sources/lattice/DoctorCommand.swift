import ArgumentParser
import DurableFiles
import Foundation
import JobModel
import JobReport
import StageCatalog

/// Looks over an installation and a spool, and says what to do about what it finds.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check that everything is in order, and say what to do if not.",
    discussion: "Exits 1 when something has to be mended.\n\nExample: lattice doctor")

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions

  /// One thing looked at.
  struct Finding: Encodable {
    enum Verdict: String, Encodable { case good, note, bad }

    var verdict: Verdict
    var what: String
    /// What to do, when it is not good.
    var advice: String?
  }

  func run() throws {
    let findings = spoolFindings() + incomingFindings() + pluginFindings() + modelFindings()
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

  /// Files in `incoming/` that will never be taken in.
  private func incomingFindings() -> [Finding] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: spool.folder.incoming)) ?? []
    let ignored = names.filter {
      !$0.hasPrefix(".") && $0 != "tmp" && !$0.hasSuffix(".yaml") && !$0.hasSuffix(".yml")
    }
    guard !ignored.isEmpty else { return [] }
    return [
      Finding(
        verdict: .note,
        what: "in incoming/ but not taken in: \(ignored.sorted().joined(separator: ", "))",
        advice: "Only names that end in .yaml or .yml are specs.")
    ]
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
    return findings
  }
}

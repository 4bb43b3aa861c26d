import DurableFiles
import JobModel
import Journal
import Supervision

/// Looks whether the journal is whole and agrees with the jobs' folders.
struct JournalCheck {
  private let spool: SpoolFolder

  init(_ spool: SpoolFolder) { self.spool = spool }

  private static let repair = "Stop latticed, then: lattice doctor --repair"

  var findings: [DoctorCommand.Finding] {
    guard Files.exists(spool.versionFile) else { return [] }
    do {
      let reader = try JournalReader(spool: spool)
      let damage = try reader.damage()
      guard damage.isEmpty else {
        return [
          DoctorCommand.Finding(
            verdict: .bad, what: "the journal is damaged: \(damage.joined(separator: "; "))",
            advice: Self.repair)
        ]
      }
      let known = Set(try reader.jobs().map(\.id))
      let folders = Set(try JobFinder.ids(in: spool).filter { Files.exists(spool.job($0).plan) })
      return [
        DoctorCommand.Finding(verdict: .good, what: "the journal is whole: \(known.count) jobs")
      ] + strangers(folders.subtracting(known)) + homeless(known.subtracting(folders))
    } catch JournalError.missing {
      return missing
    } catch {
      return [DoctorCommand.Finding(verdict: .bad, what: "\(error)", advice: nil)]
    }
  }

  /// No journal is fine before the first job.
  private var missing: [DoctorCommand.Finding] {
    let count = ((try? JobFinder.ids(in: spool)) ?? []).count
    guard count > 0 else { return [] }
    return [
      DoctorCommand.Finding(
        verdict: .bad, what: "there is no journal, but \(count) jobs have a folder",
        advice: "Start latticed, which makes it again of the folders, or: lattice doctor --repair")
    ]
  }

  private func strangers(_ ids: Set<JobID>) -> [DoctorCommand.Finding] {
    guard !ids.isEmpty else { return [] }
    return [
      DoctorCommand.Finding(
        verdict: .bad, what: "not in the journal, but in jobs/: \(Self.list(ids))",
        advice: Self.repair)
    ]
  }

  private func homeless(_ ids: Set<JobID>) -> [DoctorCommand.Finding] {
    guard !ids.isEmpty else { return [] }
    return [
      DoctorCommand.Finding(
        verdict: .note, what: "in the journal, but their folders are gone: \(Self.list(ids))",
        advice: "lattice gc --older 0s forgets ended jobs.")
    ]
  }

  private static func list(_ ids: Set<JobID>) -> String {
    let names = ids.sorted().prefix(5).map(\.text).joined(separator: ", ")
    return ids.count > 5 ? "\(names) and \(ids.count - 5) more" : names
  }
}

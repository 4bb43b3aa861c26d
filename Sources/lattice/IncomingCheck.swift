import DurableFiles
import FileNames
import JobModel
import JobQueue
import Supervision

/// Looks for files in `incoming/` that are not taken in, and says why.
struct IncomingCheck {
  private let spool: SpoolFolder

  init(_ spool: SpoolFolder) { self.spool = spool }

  var findings: [DoctorCommand.Finding] {
    let names: [FileName]
    do {
      names = try Files.entries(in: FileName(spool.incoming))
    } catch {
      return [DoctorCommand.Finding(verdict: .bad, what: "\(error)", advice: nil)]
    }
    return waiting(among: names) + unnamed(among: names)
  }

  /// What the daemon can't take in though it is meant as a spec.
  private func waiting(among names: [FileName]) -> [DoctorCommand.Finding] {
    let isServed = FileLock.isHeld(spool.daemonLock)
    let told = Dictionary(
      WaitingDrop.read(spool).map { (FileName($0.name), $0.reason) }, uniquingKeysWith: { $1 })
    return names.filter { DropName.isMeantAsSpec($0) }.compactMap { name in
      let text = name.shown
      let reason =
        isServed
        ? told[FileName(name.text ?? text)]
        : DropName.fault(in: name)?.message
      guard let reason else { return nil }
      return DoctorCommand.Finding(
        verdict: .bad, what: "in incoming/ and not taken in: \(text): \(reason)", advice: nil)
    }
  }

  /// What no daemon takes for a spec, whatever is in it.
  private func unnamed(among names: [FileName]) -> [DoctorCommand.Finding] {
    let companions = Set(names.compactMap(\.text).map { FileName(DropName.companion(of: $0)) })
    let ignored = names.filter {
      !DropName.isMeantAsSpec($0) && $0 != "tmp" && !companions.contains($0)
    }
    guard !ignored.isEmpty else { return [] }
    let list = ignored.prefix(20).map(\.shown).joined(separator: ", ")
    let more = ignored.count > 20 ? " and \(ignored.count - 20) more" : ""
    return [
      DoctorCommand.Finding(
        verdict: .note, what: "in incoming/ but not taken in: \(list)\(more)",
        advice: "Only names that end in .yaml or .yml and don't begin with a dot are specs.")
    ]
  }
}

import Foundation
import JobModel
import LatticeDriver
import Testing

/// A journal that was damaged or lost, and what becomes of the jobs.
@Suite(.blocking) struct RepairTests {
  private func lattice(_ daemon: Daemon, _ arguments: String...) throws -> Lattice.Output {
    try Lattice.run(arguments + ["--spool", daemon.spool.path])
  }

  /// Two jobs that ended, one that is held, and the daemon down.
  private func spool() throws -> Daemon {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    for name in ["a", "b"] { try daemon.drop("\(name).yaml", Specs.tiny(name: name)) }
    _ = try daemon.waitForResults(2)
    let held = daemon.root.appending(path: "data/held.yaml")
    try Data((Specs.tiny(name: "held") + "\nhold: true\n").utf8).write(to: held)
    #expect(try lattice(daemon, "submit", held.path()).status == 0)
    daemon.stop()
    return daemon
  }

  @Test func aDamagedJournalIsRebuiltAndKept() throws {
    let daemon = try spool()
    try Data(repeating: 0xAA, count: 40_000).write(to: URL(filePath: daemon.spool.database))
    for ending in ["-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: daemon.spool.database + ending)
    }
    let list = try lattice(daemon, "ps")
    #expect(list.status == 7)
    let sentence =
      "the journal '\(daemon.spool.database)' is damaged (file is not a database); stop latticed, then "
      + "'lattice doctor --repair' rebuilds it from the jobs' folders"
    #expect(list.talk == "error: \(sentence)\n")
    let doctor = try lattice(daemon, "doctor")
    #expect(doctor.status == 1)
    #expect(doctor.data.contains("bad   \(sentence)\n"), "\(doctor.data)")
    let repair = try lattice(daemon, "doctor", "--repair")
    #expect(repair.status == 0, "\(repair.data)\(repair.talk)")
    let lines = repair.data.split(separator: "\n").prefix(4).map(String.init)
    #expect(
      lines.first
        == "ok    made the journal again of 3 jobs from their folders: 2 ended, 0 queued again, 1 paused"
    )
    #expect(
      lines.dropFirst().first?.hasPrefix(
        "note  the damaged journal is kept as \(daemon.spool.database).damaged-") == true)
    #expect(
      lines.dropFirst(2) == [
        "note  lost: events and times of earlier attempts",
        "note  lost: whether 1 job that had not ended had been paused, cancelled or given another priority",
      ])
    let kept = try FileManager.default.contentsOfDirectory(atPath: daemon.spool.path)
      .filter { $0.hasPrefix("lattice.db.damaged-") }
    #expect(
      kept.map { FileManager.default.contents(atPath: "\(daemon.spool.path)/\($0)")?.count }
        == [40_000])
    #expect(try lattice(daemon, "show", "a").data.contains("succeeded"))
    #expect(
      try lattice(daemon, "doctor", "--repair").data.hasPrefix(
        "ok    the journal needs no repair\n"))
    try daemon.start()
    #expect(try lattice(daemon, "resume", "held").status == 0)
    #expect(try lattice(daemon, "wait", "held", "-q").status == 0)
    #expect(try lattice(daemon, "wait", "--all", "-q", "--expect", "3").status == 0)
    daemon.stop()
  }

  /// What can still be read of a damaged journal is used: a pause of a person stays one.
  @Test func whatADamagedJournalStillTellsIsUsed() throws {
    let daemon = try spool()
    try daemon.start()
    #expect(try lattice(daemon, "priority", "7", "held").status == 0)
    daemon.stop()
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: daemon.spool.database)[.size] as? Int)
    // The events are written last; the last page is one of theirs.
    let file = try FileHandle(forUpdating: URL(filePath: daemon.spool.database))
    try file.seek(toOffset: UInt64(size - 4096))
    let page = try #require(try file.read(upToCount: 4096))
    try file.seek(toOffset: UInt64(size - 4096))
    try file.write(contentsOf: Data(page.map { $0 ^ 0x5A }))
    try file.close()
    let doctor = try lattice(daemon, "doctor")
    #expect(
      doctor.status == 1 && doctor.data.contains("bad   the journal")
        && doctor.data.contains("is damaged"), "\(doctor.data)")
    let repair = try lattice(daemon, "doctor", "--repair")
    #expect(repair.status == 0, "\(repair.data)")
    #expect(
      repair.data.hasPrefix(
        "ok    made the journal again of 3 jobs from their folders: 2 ended, 0 queued again, 1 paused\n"
      ),
      "\(repair.data)")
    let list = try lattice(daemon, "ps", "--json", "--state", "paused")
    #expect(list.data.contains(#""priority" : 7"#), "\(list.data)")
  }

  @Test func aServedSpoolIsNotRepaired() throws {
    let daemon = try Daemon()
    try daemon.start()
    let output = try lattice(daemon, "doctor", "--repair")
    #expect(output.status == 1)
    #expect(
      output.talk
        == "error: spool '\(daemon.spool.path)' is served by another latticed already, process "
        + "\(try #require(daemon.processID)); stop that one or choose another --spool\n")
    daemon.stop()
  }

  @Test func aFolderThatTheJournalDoesNotKnowIsTakenIn() throws {
    let daemon = try spool()
    let result = try #require(daemon.results().first)
    let id = "20200101-000000-aaaaaa"
    try FileManager.default.copyItem(
      atPath: daemon.spool.job(result.id).path, toPath: "\(daemon.spool.jobs)/\(id)")
    let doctor = try lattice(daemon, "doctor")
    #expect(doctor.status == 1)
    #expect(
      doctor.data.contains(
        "bad   not in the journal, but in jobs/: \(id)\n      Stop latticed, then: lattice doctor --repair\n"
      ),
      "\(doctor.data)")
    let repair = try lattice(daemon, "doctor", "--repair", "--json")
    #expect(repair.status == 0, "\(repair.data)")
    #expect(try lattice(daemon, "show", id).data.contains("succeeded"))
  }
}

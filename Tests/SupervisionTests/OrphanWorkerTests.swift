import Glibc
import JobModel
import Supervision
import LatticeDriver
import Testing

/// Workers whose daemon is gone, here played by processes that nobody looks after.
@Suite(.blocking) struct OrphanWorkerTests {
  private func start(job: JobID) throws -> WorkerProcess {
    try WorkerProcess.start(
      WorkerLaunch(
        executable: "/bin/sh", arguments: ["-c", "trap '' TERM; sleep 100 & wait"],
        environment: [OrphanWorker.jobVariable: job.text], standardError: "/dev/null"))
  }

  @Test func isKilledWithItsChildren() throws {
    let job = try #require(JobID("20261123-140502-aaaaaa"))
    let process = try start(job: job)
    let orphan = OrphanWorker(
      job: job, pid: process.pid, startTicks: process.startTicks, bootID: ProcessTable.bootID)
    #expect(orphan.end())
    #expect(ProcessTable.living(inSession: process.pid).isEmpty)
  }

  @Test func othersWithTheSameNumberAreLeftAlone() throws {
    let job = try #require(JobID("20261123-140502-aaaaaa"))
    let other = try #require(JobID("20261123-140502-bbbbbb"))
    let process = try start(job: job)
    let (pid, ticks, boot) = (process.pid, process.startTicks, ProcessTable.bootID)
    for orphan in [
      OrphanWorker(job: job, pid: pid, startTicks: ticks + 1, bootID: boot),
      OrphanWorker(job: job, pid: pid, startTicks: ticks, bootID: "another"),
      OrphanWorker(job: other, pid: pid, startTicks: ticks, bootID: boot),
    ] {
      #expect(orphan.end())
      #expect(ProcessTable.entry(pid)?.isZombie == false)
    }
  }
}

import Glibc
package import JobModel

/// A worker that an earlier daemon started and did not see the end of.
package struct OrphanWorker: Hashable, Sendable {
  /// Tells processes of a job's workers from all others: their environment names the job.
  package static let jobVariable = "LATTICE_JOB"

  package let job: JobID
  package let pid: Int32
  package let startTicks: Int
  package let bootID: String

  package init(job: JobID, pid: Int32, startTicks: Int, bootID: String) {
    self.job = job
    self.pid = pid
    self.startTicks = startTicks
    self.bootID = bootID
  }

  /// Kills what is alive of it and waits until that is gone.
  ///
  /// A process that only has got the same number is left alone: start time, boot and the environment must agree.
  ///
  /// - Parameter seconds: How long to wait.
  /// - Returns: False when something of it is still alive then.
  package func end(within seconds: Double = 10) -> Bool {
    guard pid > 1, bootID == ProcessTable.bootID else { return true }
    let deadline = ContinuousClock.now + .seconds(seconds)
    // Once its leader is known for ours the whole session is, also what has no environment while it starts.
    let isOurSession = leader.map { isOurs($0.pid) } ?? false
    var emptyLooks = 0
    while emptyLooks < 2 {
      let living = members(of: isOurSession)
      emptyLooks = living.isEmpty ? emptyLooks + 1 : 0
      for member in living { kill(member, SIGKILL) }
      if !living.isEmpty, ContinuousClock.now > deadline { return false }
      usleep(2000)
    }
    return true
  }

  /// The worker itself, if it lives or is not yet waited for.
  private var leader: ProcessTable.Entry? {
    ProcessTable.entry(pid).flatMap { $0.startTicks == startTicks ? $0 : nil }
  }

  private func members(of isOurSession: Bool) -> [Int32] {
    if leader == nil, ProcessTable.entry(pid) != nil { return [] }
    let living = ProcessTable.living(inSession: pid)
    return isOurSession ? living : living.filter(isOurs)
  }

  private func isOurs(_ member: Int32) -> Bool {
    guard let environment = SmallFile.bytes("/proc/\(member)/environ", limit: 1 << 20) else {
      return false
    }
    let mark = Array("\(Self.jobVariable)=\(job)".utf8)
    return environment.split(separator: 0).contains { $0.elementsEqual(mark) }
  }
}

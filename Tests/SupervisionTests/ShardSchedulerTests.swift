import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct ShardSchedulerTests {
  private func candidate(_ sequence: Int, priority: Int = 0, threads: Int = 1) throws
    -> ShardScheduler.Candidate
  {
    let id = try #require(JobID("20261123-140502-00000\(9 - sequence)"))
    return ShardScheduler.Candidate(
      job: id, priority: priority, threads: threads, sequence: sequence)
  }

  @Test func priorityThenHandIn() throws {
    let jobs = [try candidate(1), try candidate(0), try candidate(2, priority: 5)]
    #expect(ShardScheduler.next(among: jobs, freeSlots: 1, slots: 2) == jobs[2])
    #expect(ShardScheduler.next(among: jobs.prefix(2), freeSlots: 1, slots: 2) == jobs[1])
  }

  @Test func theFirstInLineIsNotOvertaken() throws {
    let jobs = [try candidate(0, threads: 2), try candidate(1)]
    #expect(ShardScheduler.next(among: jobs, freeSlots: 1, slots: 2) == nil)
    #expect(ShardScheduler.next(among: jobs, freeSlots: 2, slots: 2) == jobs[0])
  }

  @Test func aWorkerLargerThanTheMachineGetsAllOfIt() throws {
    let job = try candidate(0, threads: 64)
    #expect(ShardScheduler.next(among: [job], freeSlots: 1, slots: 2) == nil)
    #expect(ShardScheduler.next(among: [job], freeSlots: 2, slots: 2) == job)
  }

  @Test func nothingToDo() {
    #expect(ShardScheduler.next(among: [], freeSlots: 2, slots: 2) == nil)
  }
}

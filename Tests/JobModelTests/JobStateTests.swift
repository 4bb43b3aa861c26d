import JobModel
import Testing

@Suite struct JobStateTests {
  /// Every pair of state and event, and what follows; nil is refused.
  @Test(arguments: JobState.allCases, JobEvent.allCases)
  func followsTheTable(from state: JobState, event: JobEvent) {
    let table: [JobState: [JobEvent: JobState]] = [
      .queued: [
        .started: .running, .interrupted: .queued, .paused: .paused, .succeeded: .succeeded,
        .endedPartial: .partial, .failed: .failed, .cancelled: .cancelled,
      ],
      .running: [
        .started: .running, .interrupted: .queued, .paused: .paused, .succeeded: .succeeded,
        .endedPartial: .partial, .failed: .failed, .cancelled: .cancelled,
      ],
      .paused: [
        .interrupted: .paused, .resumed: .queued, .failed: .failed, .cancelled: .cancelled,
      ],
      .failed: [.retried: .queued], .partial: [.retried: .queued],
      .cancelled: [.retried: .queued], .succeeded: [.retried: .queued],
    ]
    var moved = state
    if let expected = table[state]?[event] {
      #expect(throws: Never.self) { try moved.apply(event) }
      #expect(moved == expected)
    } else {
      let error = #expect(throws: IllegalTransition.self) { try moved.apply(event) }
      #expect(error == IllegalTransition(from: state, event: event))
      #expect(moved == state, "a refused event leaves the state alone")
    }
  }

  @Test func refusalIsASentence() {
    let text = IllegalTransition(from: .succeeded, event: .resumed).description
    #expect(text == "a job that is succeeded can't be resumed")
  }
}

@Suite struct SpoolPlaceTests {
  /// Daemon and commands share the rule, or they would not find each other.
  @Test func theUsualSpool() {
    #expect(SpoolFolder.usualPath(["LATTICE_SPOOL": "/s", "HOME": "/home/ann"]) == "/s")
    #expect(
      SpoolFolder.usualPath(["LATTICE_SPOOL": "", "HOME": "/home/ann"])
        == "/home/ann/.local/share/lattice")
    #expect(SpoolFolder.usualPath([:]) == "/var/spool/lattice")
    #expect(SpoolFolder.usualPath(["HOME": ""]) == "/var/spool/lattice")
  }
}

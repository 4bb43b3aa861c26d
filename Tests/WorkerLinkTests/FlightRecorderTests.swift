import DurableFiles
import Foundation
import Glibc
import Testing
import WorkerLink

@Suite struct FlightRecorderTests {
  private let path = FileManager.default.temporaryDirectory.appending(
    path: "flight-\(UUID().uuidString)"
  ).path()

  /// What the worker's mapping writes, the daemon's reads, and the other way round.
  @Test func bothSidesSeeThePage() throws {
    let daemon = try FlightRecorder.create(at: path)
    let worker = try FlightRecorder.open(at: path)
    worker.beat()
    worker.setCounts(done: 7, failed: 2, skipped: 1)
    worker.setStageProgress(done: 30, total: 100)
    worker.enter(slot: 3, stage: 2, item: 41)
    worker.enter(slot: 4, stage: 1, item: nil)
    var page = daemon.snapshot()
    #expect(page.heartbeat >= 1)
    #expect(page.itemsDone == 7 && page.itemsFailed == 2 && page.itemsSkipped == 1)
    #expect(page.progressDone == 30 && page.progressTotal == 100)
    #expect(
      page.active == [
        FlightSnapshot.Activity(stageIndex: 2, itemNumber: 41),
        FlightSnapshot.Activity(stageIndex: 1, itemNumber: nil),
      ])
    worker.leave(slot: 3)
    page = daemon.snapshot()
    #expect(page.active.map(\.stageIndex) == [1])
    #expect(!worker.isCancelRequested)
    daemon.requestCancel()
    #expect(worker.isCancelRequested)
  }

  /// A loop inside a call hides what the thread was at; afterwards it is there again.
  @Test func aThreadResumesWhatItWasAt() throws {
    let page = try FlightRecorder.create(at: path)
    page.enter(slot: 2, stage: 4, item: 17)
    let earlier = page.activity(slot: 2)
    page.enter(slot: 2, stage: 4, item: nil)
    page.resume(slot: 2, earlier)
    #expect(page.snapshot().active == [.init(stageIndex: 4, itemNumber: 17)])
    page.resume(slot: 2, nil)
    #expect(page.snapshot().active.isEmpty)
  }

  /// Threads that a stage started and did not end are at nothing once its call is over.
  @Test func threadsOfAStageEndWithItsCall() throws {
    let page = try FlightRecorder.create(at: path)
    page.enter(slot: 0, stage: 1, item: 5)
    page.enter(slot: 7, stage: 1, item: 5)
    page.enter(slot: 8, stage: 1, item: 6)
    page.enter(slot: 9, stage: 2, item: 5)
    page.leaveAll(ofStage: 1, items: [5], except: 0)
    #expect(
      page.snapshot().active == [
        .init(stageIndex: 1, itemNumber: 5), .init(stageIndex: 1, itemNumber: 6),
        .init(stageIndex: 2, itemNumber: 5),
      ])
  }

  @Test func theCulpritIsNamedWhenItIsSure() {
    var page = FlightSnapshot()
    #expect(page.culprit == nil)
    page.active = [.init(stageIndex: 1, itemNumber: 5), .init(stageIndex: 1, itemNumber: 5)]
    #expect(page.culprit == .init(stageIndex: 1, itemNumber: 5))
    page.active.append(.init(stageIndex: 1, itemNumber: nil))
    #expect(page.culprit == .init(stageIndex: 1, itemNumber: nil))
    page.active.append(.init(stageIndex: 2, itemNumber: 5))
    #expect(page.culprit == nil)
    page.crash = .init(at: .init(stageIndex: 2, itemNumber: 9))
    #expect(page.culprit == .init(stageIndex: 2, itemNumber: 9))
    page.crash = .init(at: nil)
    #expect(page.culprit == nil)
  }

  /// The page's place on the disk is reserved: a full disk is an error here, not a signal later.
  @Test func thePageIsReserved() throws {
    _ = try FlightRecorder.create(at: path)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_size == 4096 && status.st_blocks * 512 >= 4096)
  }

  @Test func otherFilesAreRefused() throws {
    try Data(count: 100).write(to: URL(filePath: path))
    let short = #expect(throws: FileError.self) { try FlightRecorder.open(at: path) }
    #expect(short?.description == "can't map '\(path)': Invalid argument")
    try Data(count: 4096).write(to: URL(filePath: path))
    #expect(throws: FileError.self) { try FlightRecorder.open(at: path) }
    let missing = #expect(throws: FileError.self) { try FlightRecorder.open(at: path + ".not") }
    #expect(missing?.isMissing == true)
  }
}

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

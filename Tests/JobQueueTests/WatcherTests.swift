import FileNames
import Foundation
import JobModel
import JobQueue
import Testing

@Suite struct WatcherTests {
  @Test func renamesAreNamedAndOtherNewsAsksForAScan() throws {
    let bench = try QueueBench()
    let watcher = try DirectoryWatcher(bench.spool.incoming)
    #expect(watcher.take().movedIn.isEmpty)
    try Data().write(to: URL(filePath: "\(bench.spool.incomingTemporary)/a.yaml"))
    try FileManager.default.moveItem(
      atPath: "\(bench.spool.incomingTemporary)/a.yaml", toPath: "\(bench.spool.incoming)/a.yaml")
    let news = watcher.take()
    #expect(news.movedIn.contains("a.yaml") && news.needsScan)
    #expect(!watcher.take().needsScan)
    try bench.drop("b.yaml")
    #expect(watcher.take().needsScan)
  }
}

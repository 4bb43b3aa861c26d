import FileNames
import Foundation
import JobModel
import LatticeDriver
import Testing

/// Bad pictures among good ones: each is named with its reason, and the others are done.
@Suite(.blocking) struct BadItemTests {
  @Test func twentyCorruptFilesAmongTwoHundred() throws {
    let daemon = try Daemon()
    let images = daemon.root.appending(path: "data/images")
    try TinyPictures.write(180, into: images)
    let bad = try writeCorrupt(into: images)
    try daemon.start()
    try daemon.drop(
      "job.yaml",
      Specs.tokenize(name: "job", itemsPerShard: 50) + "\nerrors: { max_failed_items: 10% }\n")
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .partial, "\(result.message ?? "")\n\(daemon.log)")
    #expect(result.itemsDone == 180)
    #expect(result.itemsFailed == 20)
    let failed = try failedItems(daemon, result)
    #expect(Set(failed.map(\.id.shown)) == Set(bad))
    #expect(failed.allSatisfy { $0.stage == "read" && $0.reason.count > 20 })
    #expect(result.peakMemoryBytes < 400 << 20, "a claimed size allocates nothing")
    #expect(try daemon.outputs(of: result).keys.count { $0.hasSuffix(".png") } == 180)
    daemon.stop()
  }

  private func failedItems(_ daemon: Daemon, _ result: JobResult) throws -> [FailedItem] {
    let data = try Data(contentsOf: URL(filePath: daemon.spool.job(result.id).failedItems))
    return try data.split(separator: 10).map { try JSONDecoder().decode(FailedItem.self, from: $0) }
  }

  /// Twenty files that are no good pictures, each broken in its own way.
  private func writeCorrupt(into folder: URL) throws -> [String] {
    let good = TinyPictures.png(width: 64, height: 64, seed: 1)
    var files: [Data] = [
      Data(), Data("not a picture".utf8), Data([0xFF, 0xD8, 0xFF]), Data([0x89, 0x50]),
      Data(good.prefix(8)), Data("GIF89a".utf8), Data("%PDF-1.4".utf8),
    ]
    files += [20, 33, 60, 200, 1000, 5000, good.count - 20].map { Data(good.prefix($0)) }
    files += [claiming(good, width: 60_000, height: 60_000), claiming(good, width: 0, height: 64)]
    files += [30, 45, 500, 9000].map { position in
      var bytes = good
      bytes[position] ^= 0xFF
      return bytes
    }
    let names = files.indices.map { "bad-\($0 + 10).png" }
    for (name, data) in zip(names, files) { try data.write(to: folder.appending(path: name)) }
    return names
  }

  /// The picture with another size in its header, the checksum left as it was or mended.
  private func claiming(_ png: Data, width: Int, height: Int) -> Data {
    let header = TinyPictures.png(width: 1, height: 1, seed: 0).prefix(8)
    return header + TinyPictures.header(width: width, height: height) + png.dropFirst(33)
  }
}

import DurableFiles
import FileNames
import FoundationEssentials
package import JobModel

/// Writes `report.html`: one self-contained page with the outcome, times, pictures and failures of a job.
package enum JobReport {
  /// Pictures larger than this are listed but not embedded, in bytes.
  private static let largestPreview = 8 << 20
  private static let mostPreviews = 12

  /// Writes the report of a job whose result is known.
  ///
  /// Memory is bounded by the lists' limits, not by the number of items.
  ///
  /// - Parameters:
  ///   - folder: The job's directory; its plan and its shards' `.done` files are read.
  ///   - result: What `result.json` holds.
  /// - Throws: ``FileError`` when the plan can't be read or the report can't be written.
  package static func write(folder: JobFolder, result: JobResult) throws {
    let plan = try JSONDecoder().decode(
      JobPlan.self, from: Data(contentsOf: URL(filePath: folder.plan)))
    var files: [OutputFile] = []
    var previews: [(name: String, mediaType: String, base64: String)] = []
    var statistics = ItemStatistics()
    for shard in 0..<plan.shardCount {
      if let report = shardReport(folder, shard) {
        gather(report, of: plan, files: &files, previews: &previews)
      }
      forEachLine(of: folder.itemMetadata(shard: shard)) { line in
        if let value = try? JSONValue(parsing: line), let metadata = value["metadata"] {
          statistics.add(metadata)
        }
      }
    }
    let page = ReportPage(
      result: result, plan: plan, statistics: statistics, metrics: metrics(folder, plan),
      failedItems: items(folder.failedItems), damagedItems: items(folder.damagedItems),
      files: files, previews: previews)
    try AtomicFile.write(Array(page.html.text.utf8), to: folder.report)
  }

  private static func shardReport(_ folder: JobFolder, _ shard: Int) -> ShardReport? {
    guard let data = try? Data(contentsOf: URL(filePath: folder.done(shard: shard))) else {
      return nil
    }
    return try? JSONDecoder().decode(ShardReport.self, from: data)
  }

  private static func gather(
    _ report: ShardReport, of plan: JobPlan, files: inout [OutputFile],
    previews: inout [(name: String, mediaType: String, base64: String)]
  ) {
    files += report.files.prefix(ReportPage.listLimit - files.count)
    for file in report.files where file.role == .preview && previews.count < mostPreviews {
      let path = FileName(plan.output.directory).appending(file.name)
      guard let mediaType = mediaType(of: file.name), file.bytes <= largestPreview,
        let data = try? Files.read(path, limit: largestPreview)
      else { continue }
      previews.append((file.name.shown, mediaType, Data(data).base64EncodedString()))
    }
  }

  private static func mediaType(of name: FileName) -> String? {
    switch name.pathExtension.text?.lowercased() {
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "svg": "image/svg+xml"
    default: nil
    }
  }

  /// What the job's tasks measured, by stage in the order of the plan.
  private static func metrics(_ folder: JobFolder, _ plan: JobPlan) -> [(String, MetricTable)] {
    plan.stages.filter { $0.description.kind == .task }.map { stage in
      var table = MetricTable()
      let decoder = JSONDecoder()
      forEachLine(of: folder.metrics(stage: stage.name)) { line in
        // A line that a dying process left unfinished is no line.
        if let line = try? decoder.decode(MetricLine.self, from: line) { table.add(line) }
      }
      return (stage.name, table)
    }
  }

  /// The first items of a list.
  private static func items<Item: Decodable>(_ path: String) -> [Item] {
    var items: [Item] = []
    forEachLine(of: path) { line in
      guard items.count < ReportPage.listLimit else { return }
      if let item = try? JSONDecoder().decode(Item.self, from: line) { items.append(item) }
    }
    return items
  }

  /// Calls `body` with each line of a file; a file that can't be read has none.
  private static func forEachLine(of path: String, _ body: (Data) -> Void) {
    try? FileLines.forEach(in: path) { body(Data($0)) }
  }
}

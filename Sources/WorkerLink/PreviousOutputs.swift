package import DurableFiles
import FileNames
import FoundationEssentials
package import JobModel

/// What a shard had published before somebody asked for another try of it: the supervisor keeps the list, the worker
/// that publishes the shard again clears away what is not true any more.
package enum PreviousOutputs {
  /// Takes back that a shard is published, keeping its report; the report is not read, it may be long.
  package static func keep(shard: Int, in folder: JobFolder) throws(FileError) {
    let report = folder.done(shard: shard)
    guard Files.exists(report) else { return }
    var number = 1
    while try !Files.renameWithoutReplacing(
      report, folder.previousReport(shard: shard, number: number))
    { number += 1 }
  }

  /// The files; none when the shard was never published before.
  package static func read(_ folder: JobFolder, shard: Int) -> [OutputFile] {
    var files: [FileName: OutputFile] = [:]
    let list = decode([OutputFile].self, folder.previousOutputs(shard: shard)) ?? []
    for file in list { files[file.name] = file }
    for path in reports(folder, shard) {
      let report = decode(ShardReport.self, path)
      for file in report?.files ?? [] { files[file.name] = file }
    }
    return files.values.sorted { $0.name < $1.name }
  }

  /// Forgets them, once the shard is published again.
  package static func forget(_ folder: JobFolder, shard: Int) throws(FileError) {
    try Files.removeTree(folder.previousOutputs(shard: shard))
    for path in reports(folder, shard).reversed() { try Files.removeTree(path) }
  }

  /// Paths of the reports that are kept, oldest first.
  private static func reports(_ folder: JobFolder, _ shard: Int) -> [String] {
    var paths: [String] = []
    while true {
      let path = folder.previousReport(shard: shard, number: paths.count + 1)
      guard Files.exists(path) else { return paths }
      paths.append(path)
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) -> Value? {
    guard let bytes = try? Files.read(path) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(bytes))
  }
}

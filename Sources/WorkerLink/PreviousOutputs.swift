package import DurableFiles
import FileNames
import FoundationEssentials
package import JobModel

/// What a shard had published before somebody asked for another try of it: the supervisor keeps the list, the worker
/// that publishes the shard again clears away what is not true any more.
package enum PreviousOutputs {
  /// Adds the files of a report to the list.
  package static func keep(_ report: ShardReport, in folder: JobFolder) throws {
    var files: [FileName: OutputFile] = [:]
    for file in read(folder, shard: report.shard) + report.files { files[file.name] = file }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(
      Array(try encoder.encode(files.values.sorted { $0.name < $1.name })),
      to: folder.previousOutputs(shard: report.shard))
  }

  /// The files; none when the shard was never published before.
  package static func read(_ folder: JobFolder, shard: Int) -> [OutputFile] {
    guard let bytes = try? Files.read(folder.previousOutputs(shard: shard)) else { return [] }
    return (try? JSONDecoder().decode([OutputFile].self, from: Data(bytes))) ?? []
  }

  /// Forgets the list, once the shard is published again.
  package static func forget(_ folder: JobFolder, shard: Int) throws(FileError) {
    try Files.removeTree(folder.previousOutputs(shard: shard))
  }
}

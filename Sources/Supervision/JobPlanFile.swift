import DurableFiles
import FoundationEssentials
package import JobModel

/// `resolved.json`.
package enum JobPlanFile {
  package static func read(_ folder: JobFolder) throws -> JobPlan {
    try JSONDecoder().decode(JobPlan.self, from: Data(try Files.read(folder.plan)))
  }

  package static func write(_ plan: JobPlan, to folder: JobFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(plan)), to: folder.plan)
  }
}

import DurableFiles
import FoundationEssentials
package import JobModel

/// `resolved.json`, and `outline.json`, which tells the daemon as much of it as it needs.
package enum JobPlanFile {
  /// The outline, with which plan it is of.
  private struct Outline: Codable {
    var bytes: Int
    var inode: UInt
    var plan: JobPlan
  }

  package static func read(_ folder: JobFolder) throws -> JobPlan {
    try JSONDecoder().decode(JobPlan.self, from: Data(try Files.read(folder.plan)))
  }

  /// The plan without the places of its items, which may be many.
  package static func readOutline(_ folder: JobFolder) throws -> JobPlan {
    if let status = Files.status(folder.plan),
      let bytes = try? Files.read(folder.planOutline),
      let outline = try? JSONDecoder().decode(Outline.self, from: Data(bytes)),
      outline.bytes == status.size, outline.inode == status.inode
    {
      return outline.plan
    }
    return try read(folder)
  }

  package static func write(_ plan: JobPlan, to folder: JobFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(plan)), to: folder.plan)
    // Not synced: where it is lost, damaged or of another plan, the plan itself is read.
    guard let status = Files.status(folder.plan) else { return }
    var outline = Outline(bytes: status.size, inode: status.inode, plan: plan)
    outline.plan.items = plan.items.outline
    try ClerkFile.write(outline, to: folder.planOutline)
  }
}

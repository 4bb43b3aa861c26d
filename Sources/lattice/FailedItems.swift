import Foundation
import JobModel

/// Items that a job could not do.
enum FailedItems {
  /// The first of them, as the job's folder lists them; none when there is no list.
  static func read(_ folder: JobFolder, limit: Int) -> [FailedItem] {
    let lines = FileManager.default.contents(atPath: folder.failedItems) ?? Data()
    return lines.split(separator: 10).prefix(limit).compactMap {
      try? JSONDecoder().decode(FailedItem.self, from: Data($0))
    }
  }
}

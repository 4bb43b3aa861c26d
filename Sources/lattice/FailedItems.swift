import Foundation
import JobModel

/// Items that a job could not do.
enum FailedItems {
  /// The first of them, as the job's folder lists them; none when there is no list.
  static func read(_ folder: JobFolder, limit: Int) -> [FailedItem] {
    items(folder.failedItems, limit)
  }

  /// The first of those that were done with what their damaged data still shows.
  static func damaged(_ folder: JobFolder, limit: Int) -> [DamagedItem] {
    items(folder.damagedItems, limit)
  }

  private static func items<Item: Decodable>(_ path: String, _ limit: Int) -> [Item] {
    let lines = FileManager.default.contents(atPath: path) ?? Data()
    return lines.split(separator: 10).prefix(limit).compactMap {
      try? JSONDecoder().decode(Item.self, from: Data($0))
    }
  }
}

import JobModel

/// Mean, least and greatest of every number that stages left in the items' metadata.
struct ItemStatistics: Sendable {
  struct Column: Sendable {
    var count = 0
    var sum = 0.0
    var least = Double.infinity
    var greatest = -Double.infinity

    var mean: Double { count == 0 ? .nan : sum / Double(count) }
  }

  /// By key, nested keys joined by a dot.
  private(set) var columns: [String: Column] = [:]

  /// Takes in one item's metadata.
  mutating func add(_ metadata: JSONValue, prefix: String = "") {
    guard let members = metadata.objectValue else { return }
    for (key, value) in members {
      if let number = value.doubleValue, number.isFinite {
        columns[prefix + key, default: Column()].take(number)
      } else if value.objectValue != nil {
        add(value, prefix: "\(prefix)\(key).")
      }
    }
  }
}

extension ItemStatistics.Column {
  mutating func take(_ number: Double) {
    count += 1
    sum += number
    least = min(least, number)
    greatest = max(greatest, number)
  }
}

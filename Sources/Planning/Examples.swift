/// Counts things a message is about, and keeps the first few to name.
struct Examples: Hashable, Sendable {
  private static let most = 3

  private(set) var count = 0
  private var shown: [String] = []

  var isEmpty: Bool { count == 0 }

  /// Takes in one more.
  mutating func add(_ name: String, _ reason: String? = nil) {
    count += 1
    guard shown.count < Self.most else { return }
    shown.append("'\(name)'" + (reason.map { " (\($0))" } ?? ""))
  }

  /// The first few, and how many there are besides.
  var list: String {
    let rest = count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// "1 item", "3 items".
  func counted(_ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

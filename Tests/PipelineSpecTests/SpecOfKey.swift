/// Specs in which one key has a value that no key takes.
enum SpecOfKey {
  /// A spec for `limits.cpus`, `input.*.dir` or `stages[].model.path`; nil when the path is of another form.
  static func text(_ path: String) -> String? {
    let keys = path.split(separator: ".").map(String.init)
    guard let top = keys.first else { return nil }
    let value = flow(Array(keys.dropFirst()))
    switch top {
    case "stages[]": return head + "stages: [\(value)]\n"
    case "version", "name": return without(top) + "\(top): \(value)\n"
    case "stages": return head + "stages: \(value)\n"
    default: return Fault.soundSpec + "\(top): \(value)\n"
    }
  }

  /// The path with the names that ``text(_:)`` gives.
  static func concrete(_ path: String) -> String {
    path.replacing("[]", with: "[0]").replacing("*", with: "own")
  }

  private static let head = "version: 1\nname: x\n"

  private static func without(_ key: String) -> String {
    Fault.soundSpec.split(separator: "\n").filter { !$0.hasPrefix(key) }
      .map { "\($0)\n" }.joined()
  }

  private static func flow(_ keys: [String]) -> String {
    guard let key = keys.first else { return "[[]]" }
    return "{ \(key == "*" ? "own" : key): \(flow(Array(keys.dropFirst()))) }"
  }
}

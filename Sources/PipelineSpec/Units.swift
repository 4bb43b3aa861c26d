/// Sizes and lengths of time as specs write them.
package enum Units {
  package enum Fault: Error, Hashable { case unitMissing, malformed, tooLarge }

  /// Bytes of `512MiB`, `8GiB`, `100MB`.
  package static func bytes(_ text: String) throws(Fault) -> Int {
    let units: [String: Double] = [
      "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024,
      "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
    ]
    let amount = try amount(text, units)
    guard amount < 9e18 else { throw .tooLarge }
    return Int(amount)
  }

  /// Seconds of `500ms`, `10s`, `5m`, `6h`, `2d`.
  package static func seconds(_ text: String) throws(Fault) -> Double {
    try amount(text, ["ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400])
  }

  private static func amount(_ text: String, _ units: [String: Double]) throws(Fault) -> Double {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number) else { throw .malformed }
    if unit.isEmpty { throw .unitMissing }
    guard let factor = units[String(unit)] else { throw .malformed }
    let amount = value * factor
    guard amount.isFinite else { throw .tooLarge }
    return amount
  }
}

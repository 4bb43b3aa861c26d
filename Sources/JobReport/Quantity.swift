/// Numbers as people read them.
package enum Quantity {
  /// `1.4 GiB`, `512 B`; one decimal from KiB on.
  package static func bytes(_ count: Int) -> String {
    var amount = Double(count)
    var units = ["KiB", "MiB", "GiB", "TiB"][...]
    guard amount >= 1024 else { return "\(count) B" }
    amount /= 1024
    while amount >= 1024, units.count > 1 {
      amount /= 1024
      units = units.dropFirst()
    }
    return "\(decimal(amount, places: 1)) \(units.first ?? "TiB")"
  }

  /// `83 ms`, `4.2 s`, `3 min 07 s`, `2 h 05 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "–" }
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 60 { return "\(decimal(seconds, places: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
  }

  /// Items a second: `1240/s`, `12.5/s`, `0.31/s`.
  package static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond > 0 else { return "–" }
    let places = perSecond >= 100 ? 0 : perSecond >= 1 ? 1 : 2
    return "\(decimal(perSecond, places: places))/s"
  }

  /// A number with a fixed count of decimals.
  package static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "-∞" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(whole)" }
    let factor = Int(scale)
    let fraction = String(whole % factor)
    let padding = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(whole / factor).\(padding)\(fraction)"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

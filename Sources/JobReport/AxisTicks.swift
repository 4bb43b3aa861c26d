import Glibc

/// Round numbers along an axis.
package enum AxisTicks {
  /// Multiples of 1, 2 or 5 times a power of ten inside a range, about so many.
  package static func linear(_ range: ClosedRange<Double>, about count: Int) -> [Double] {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite, count > 0 else { return [range.lowerBound] }
    let raw = span / Double(count)
    let power = Decimals.power(Int(Decimals.log10(raw).rounded(.down)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    guard last - first < 100 else { return [range.lowerBound] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// `0.25`, `1200`, `12k`, `3e-05`: at most six characters or so.
  package static func label(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    let size = value.magnitude
    if size >= 1e6 || size < 1e-3 { return scientific(value) }
    if size >= 1e4 { return trimmed(value / 1000, places: 1) + "k" }
    let places = size >= 1000 ? 0 : size >= 10 ? 2 : size >= 0.1 ? 3 : 5
    return trimmed(value, places: places)
  }

  /// A number with at most so many decimals, without zeros at its end.
  static func trimmed(_ value: Double, places: Int) -> String {
    var text = Quantity.decimal(value, places: places)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  private static func scientific(_ value: Double) -> String {
    var exponent = Int(Decimals.log10(value.magnitude).rounded(.down))
    var mantissa = value / Decimals.power(exponent)
    if mantissa.magnitude >= 9.995 {
      mantissa /= 10
      exponent += 1
    }
    return "\(trimmed(mantissa, places: 2))e\(exponent)"
  }
}

/// Powers of ten.
enum Decimals {
  static func log10(_ value: Double) -> Double { Glibc.log10(value) }

  static func power(_ exponent: Int) -> Double { Glibc.pow(10, Double(exponent)) }
}

import JobModel

extension JSONValue {
  /// The same value with each number that has no fraction as an integer: equal values of JSON are equal then.
  var normalized: JSONValue {
    switch self {
    case .double(let number):
      // Int(exactly:) takes -0 for 0, as JSON Schema does.
      Int(exactly: number).map { .int($0) } ?? self
    case .array(let items): .array(items.map(\.normalized))
    case .object(let members): .object(members.mapValues(\.normalized))
    default: self
    }
  }

  /// Whether a number is less than another, without rounding either.
  func isLess(than other: JSONValue) -> Bool {
    switch (normalized, other.normalized) {
    case (.int(let left), .int(let right)): left < right
    case (.int(let left), .double(let right)): Self.isLess(left, right)
    case (.double(let left), .int(let right)): Self.isLess(-right, -left)
    case (let left, let right):
      (left.doubleValue ?? .nan) < (right.doubleValue ?? .nan)
    }
  }

  /// `right` is no whole number that an Int can hold.
  private static func isLess(_ left: Int, _ right: Double) -> Bool {
    if right >= 0x1p63 { return true }
    if right < -0x1p63 { return false }
    return left <= Int(right.rounded(.down))
  }

  /// Whether a finite number is a whole multiple of another above 0, as they are written: 0.3 is three times 0.1.
  func isMultiple(of divisor: JSONValue) -> Bool {
    guard let number = Decimals(self), let unit = Decimals(divisor), unit.digits > 0 else {
      return false
    }
    if number.digits == 0 { return true }
    let shift = number.exponent - unit.exponent
    if shift >= 0 { return Self.remainder(number.digits, tensPower: shift, unit.digits) == 0 }
    // The divisor in the number's last place, unless that is more than any number has.
    var scaled = unit.digits
    for _ in 0..<(-shift) {
      let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
      if overflow { return false }
      scaled = product
    }
    return number.digits % scaled == 0
  }

  /// What is left of `digits * 10^power` by `divisor`.
  private static func remainder(_ digits: UInt64, tensPower power: Int, _ divisor: UInt64) -> UInt64
  {
    var left = digits % divisor
    for _ in 0..<power where left != 0 {
      let (high, low) = left.multipliedFullWidth(by: 10)
      left = divisor.dividingFullWidth((high, low)).remainder
    }
    return left
  }
}

/// The size of a number as whole digits times a power of ten: 0.25 is 25 and -2.
private struct Decimals {
  var digits: UInt64
  var exponent: Int

  init?(_ value: JSONValue) {
    switch value {
    case .int(let number):
      digits = UInt64(number.magnitude)
      exponent = 0
    case .double(let number) where number.isFinite:
      // The shortest text that reads back as the number: 0.25, 1e-05.
      let parts = "\(number.magnitude)".split(separator: "e")
      let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      let fraction = halves.count > 1 && halves[1] != "0" ? halves[1] : ""
      guard let digits = UInt64(halves[0] + fraction),
        let power = parts.count > 1 ? Int(parts[1]) : 0
      else { return nil }
      self.digits = digits
      exponent = power - fraction.count
    default: return nil
    }
  }
}

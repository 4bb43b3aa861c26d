import Glibc

/// Resolves plain scalars.
///
/// Source: YAML 1.2.2, section 10.3.2 (core schema), without its other spellings of true and false.
enum CoreSchema {
  static func resolve(_ text: String) -> YAMLNode.Content {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let number = integer(text) { return .int(number) }
    if let number = double(text) { return .double(number) }
    return .string(text)
  }

  private static func integer(_ text: String) -> Int? {
    if text.hasPrefix("0x") {
      return digits(text.dropFirst(2)) ? Int(text.dropFirst(2), radix: 16) : nil
    }
    if text.hasPrefix("0o") {
      return digits(text.dropFirst(2)) ? Int(text.dropFirst(2), radix: 8) : nil
    }
    let body = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
    guard !body.isEmpty, body.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func digits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
  }

  private static func double(_ text: String) -> Double? {
    switch text {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
    case "-.inf", "-.Inf", "-.INF": return -.infinity
    case ".nan", ".NaN", ".NAN": return .nan
    default: break
    }
    let allowed = Set("0123456789.eE+-".utf8)
    guard text.utf8.allSatisfy(allowed.contains),
      text.utf8.contains(where: { (48...57).contains($0) })
    else { return nil }
    return Double(text)
  }
}

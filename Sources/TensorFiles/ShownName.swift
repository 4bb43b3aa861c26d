/// Names out of files, as messages show them: a hostile one neither fills the screen nor steers the terminal.
package enum ShownName {
  /// The longest name that is shown whole.
  static let longest = 100

  /// The name in quotes; control characters are written as `\u{1B}`, the middle of a long one is left out.
  package static func quoted(_ name: String) -> String {
    "'\(plain(name))'"
  }

  /// The same without quotes.
  package static func plain(_ name: String) -> String {
    let scalars = name.unicodeScalars
    guard scalars.count > longest else { return plain(scalars) }
    let half = longest / 2
    return "\(plain(scalars.prefix(half)))…\(plain(scalars.suffix(half)))"
  }

  private static func plain(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = ""
    for scalar in scalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

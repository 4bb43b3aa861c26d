/// Names out of files, as messages show them: a hostile one neither fills the screen nor steers the terminal.
package enum ShownName {
  /// The longest name that is shown whole.
  static let longest = 100

  /// The name in quotes, written as ``ShownText`` writes it; the middle of a long one is left out.
  package static func quoted(_ name: String) -> String {
    "'\(plain(name))'"
  }

  /// The same without quotes.
  package static func plain(_ name: String) -> String {
    let scalars = name.unicodeScalars
    guard scalars.count > longest else { return name.shown }
    let half = longest / 2
    return "\(String(scalars.prefix(half)).shown)…\(String(scalars.suffix(half)).shown)"
  }

  /// The beginning of a text, with an ellipsis for what is left out.
  package static func beginning(_ text: String, longest: Int) -> String {
    let scalars = text.unicodeScalars
    let shown = String(scalars.prefix(longest)).shown
    return scalars.count > longest ? shown + "…" : shown
  }
}

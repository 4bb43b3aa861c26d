import FileNames
import Glibc

/// What the place that people read is able to show.
struct Terminal: Hashable, Sendable {
  enum Style: String, CaseIterable {
    case bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
  }

  /// True when lines may be redrawn.
  var isInteractive: Bool
  var hasColour: Bool
  /// Characters to a line.
  var width: Int

  /// The terminal behind a file descriptor; colour follows `NO_COLOR` and `TERM`.
  init(descriptor: Int32) {
    let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    isInteractive = isatty(descriptor) == 1 && kind != "dumb"
    hasColour = isInteractive && getenv("NO_COLOR") == nil
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : 100
  }

  static let output = Terminal(descriptor: STDOUT_FILENO)
  static let talk = Terminal(descriptor: STDERR_FILENO)

  /// The text with marks that ``shown(_:)`` turns into the terminal's own sequences.
  func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\(style.mark)\(text)\(Style.end)" : text
  }

  /// A text as it may be written: names, parameters and plugins' words steer no terminal, only ``styled(_:_:)`` does.
  static func shown(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
    guard !isPlain else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" {
        shown.unicodeScalars.append(scalar)
      } else if scalar == Style.end {
        shown += "\u{1B}[0m"
      } else if let style = Style.allCases.first(where: { $0.mark == scalar }) {
        shown += "\u{1B}[\(style.rawValue)m"
      } else {
        shown += ShownText.escaped(scalar)
      }
    }
    return shown
  }
}

extension Terminal.Style {
  /// Private code points; ``ShownText`` writes them out where they come from elsewhere.
  static let end: Unicode.Scalar = "\u{10FFF0}"

  var mark: Unicode.Scalar {
    switch self {
    case .bold: "\u{10FFF1}"
    case .dim: "\u{10FFF2}"
    case .red: "\u{10FFF3}"
    case .green: "\u{10FFF4}"
    case .yellow: "\u{10FFF5}"
    case .cyan: "\u{10FFF6}"
    }
  }
}

/// Writes a line for people; data goes to standard output through `print`.
func say(_ line: String) {
  writeAll(Terminal.shown(line) + "\n", to: STDERR_FILENO)
}

/// Writes to standard output, in this program instead of the library's: nothing that is printed steers a terminal.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  let text = items.map { "\($0)" }.joined(separator: separator)
  writeAll(Terminal.shown(text) + terminator, to: STDOUT_FILENO)
}

/// Writes a whole string, going on after short writes; a closed pipe ends the process quietly.
func writeAll(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 {
      guard errno == EINTR else { return }
      continue
    }
    bytes = bytes.dropFirst(written)
  }
}

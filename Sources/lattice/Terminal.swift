import Glibc

/// What the place that people read is able to show.
struct Terminal: Hashable, Sendable {
  enum Style: String {
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

  func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// Writes a line for people; data goes to standard output through `print`.
func say(_ line: String) {
  writeAll(line + "\n", to: STDERR_FILENO)
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

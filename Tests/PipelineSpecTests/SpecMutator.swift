/// Spoils specs at random, as slips of the hand, bad disks and bad intent do.
struct SpecMutator {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// The text with one to four changes.
  mutating func spoil(_ text: [UInt8]) -> [UInt8] {
    var bytes = text
    for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let position = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: bytes[position] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[position] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.remove(at: position)
    case 3: lines(&bytes) { lines, line, _ in lines.remove(at: line) }
    case 4: lines(&bytes) { lines, line, other in lines.insert(lines[line], at: other) }
    case 5: lines(&bytes) { lines, line, other in lines.swapAt(line, other) }
    case 6: swapTokens(&bytes)
    case 7: bytes.insert(contentsOf: Self.oddities[pick(Self.oddities.count)].utf8, at: position)
    default: bytes.removeSubrange(position...)
    }
  }

  private mutating func lines(
    _ bytes: inout [UInt8], _ change: (inout [[UInt8]], _ line: Int, _ other: Int) -> Void
  ) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    change(&lines, pick(lines.count), pick(lines.count))
    bytes = Array(lines.joined(separator: [0x0A]))
  }

  private mutating func swapTokens(_ bytes: inout [UInt8]) {
    var tokens = bytes.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
    tokens.swapAt(pick(tokens.count), pick(tokens.count))
    bytes = Array(tokens.joined(separator: [0x20]))
  }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  /// Texts that mean something to YAML, to the spec or to a terminal.
  private static let oddities = [
    "[", "]", "{", "}", ": ", "- ", "? ", ", ", "\"", "'", "|\n", ">-\n", "&a ", "*a", "*shared",
    "!!str ", "!x ", "<<: *shared\n", "# ", "---\n", "...\n", "%YAML 1.2\n", "\t", "\n", "\r",
    "\r\n", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{0}", "\u{7}", "\u{1B}[31m", "e\u{301}", "👩‍🚀", "~",
    "yes", "1e400", "-0", "0x", ".nan", "99999999999999999999", "..", "@", "%", "\\u0000",
  ]
}

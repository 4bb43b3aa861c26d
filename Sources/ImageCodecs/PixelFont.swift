/// Letters three pixels wide and five high.
package enum PixelFont {
  package static let width = 3
  package static let height = 5
  /// From the left edge of a letter to that of the next.
  package static let advance = 4

  /// Five rows from the top, each of three bits; what has no form is empty.
  package static func rows(of letter: Character) -> [UInt8] {
    guard let form = forms[letter] else { return [] }
    return form.compactMap { $0.wholeNumberValue.map(UInt8.init) }
  }

  /// A row to a digit: 4 left, 2 middle, 1 right.
  private static let forms: [Character: String] = [
    "A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644",
    "G": "34553", "H": "55755", "I": "72227", "J": "11152", "K": "55655", "L": "44447",
    "M": "57755", "N": "65555", "O": "25552", "P": "65644", "Q": "25563", "R": "65655",
    "S": "34216", "T": "72222", "U": "55557", "V": "55552", "W": "55775", "X": "55255",
    "Y": "55222", "Z": "71247", "0": "75557", "1": "26227", "2": "71747", "3": "71717",
    "4": "55711", "5": "74717", "6": "74757", "7": "71111", "8": "75757", "9": "75717",
    ".": "00002", "-": "00700", "_": "00007", ":": "02020", "/": "11244", "+": "02720",
  ]
}

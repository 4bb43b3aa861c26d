import FileNames
import Planning
import Testing

@Suite struct GlobTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var glob: String
    var inside: [String]
    var outside: [String]
    var testDescription: String { glob }

    init(_ glob: String, inside: [String], outside: [String]) {
      self.glob = glob
      self.inside = inside
      self.outside = outside
    }
  }

  @Test(arguments: [
    Row("a.png", inside: ["a.png"], outside: ["A.png", "a.png2", "x/a.png", "a_png", ""]),
    Row("*.png", inside: ["a.png", ".png", "a.b.png"], outside: ["x/a.png", "a.PNG", "a.png/b"]),
    Row("a?c", inside: ["abc", "a\u{E9}c"], outside: ["ac", "abbc", "a/c", "ae\u{301}c"]),
    Row("\u{E9}*", inside: ["\u{E9}.png"], outside: ["e\u{301}.png"]),
    Row("e*", inside: ["e\u{301}.png"], outside: ["\u{E9}.png"]),
    Row("*/\u{301}a", inside: ["x/\u{301}a"], outside: ["x/a"]),
    Row("*/a", inside: ["x/a"], outside: ["a", "x/y/a"]),
    Row("**/*.png", inside: ["a.png", "x/a.png", "x/y/z/a.png"], outside: ["a.jpg", "x/a.jpg"]),
    Row("**/a", inside: ["a", "x/a", "x/y/a"], outside: ["xa", "a/b"]),
    Row("x/**/a", inside: ["x/a", "x/y/a", "x/y/z/a"], outside: ["xa", "x/ya", "a", "y/x/a"]),
    Row("x/**", inside: ["x/a", "x/y/a"], outside: ["x", "y/x/a"]),
    Row("**", inside: ["a", "x/y/a", ""], outside: []),
    Row("**.png", inside: ["a.png", "x/a.png"], outside: ["a.jpg"]),
    Row("a**b", inside: ["ab", "axb", "a/x/b"], outside: ["a/x/bc"]),
    Row("[abc].png", inside: ["a.png", "c.png"], outside: ["d.png", "ab.png"]),
    Row("[a-c0-2]x", inside: ["ax", "cx", "1x"], outside: ["dx", "3x", "-x"]),
    Row("[!a-c]", inside: ["d", "-"], outside: ["a", "c", "/"]),
    Row("[^a]", inside: ["b"], outside: ["a", "/"]),
    Row("[a-]", inside: ["a", "-"], outside: ["b"]),
    Row("[]a]", inside: ["]", "a"], outside: ["[]a]"]),
    Row("[c-a]", inside: [], outside: ["a", "b", "c"]),
    Row("x[/]y", inside: [], outside: ["x/y"]),
    Row("[ab", inside: ["[ab"], outside: ["a"]),
    Row("a[", inside: ["a["], outside: ["a"]),
    Row("*.{jpg,png}", inside: ["a.jpg", "a.png"], outside: ["a.gif", "a.{jpg,png}"]),
    Row("{a,b}{c,d}", inside: ["ac", "bd"], outside: ["ab", "cd", "a"]),
    Row("a{,b,c/*}d", inside: ["ad", "abd", "ac/xd"], outside: ["acd", "ac/x/d"]),
    Row("{a,{b,c}x}y", inside: ["ay", "bxy", "cxy"], outside: ["by", "axy"]),
    Row("{x/**/,}a", inside: ["a", "x/a", "x/y/a"], outside: ["y/a"]),
    Row("{a}", inside: ["a"], outside: ["{a}"]),
    Row("{a", inside: ["{a"], outside: ["a"]),
    Row("{a{b,c}", inside: ["{ab", "{ac"], outside: ["ab"]),
    Row("a}", inside: ["a}"], outside: ["a"]),
    Row("a,b", inside: ["a,b"], outside: ["a", "b"]),
    Row("", inside: [""], outside: ["a"]),
  ])
  func aGlobMatchesWholePaths(_ row: Row) {
    let glob = Glob(row.glob)
    for path in row.inside {
      #expect(glob.matches(FileName(path)), "\(row.glob) takes '\(path)'")
    }
    for path in row.outside {
      #expect(!glob.matches(FileName(path)), "\(row.glob) refuses '\(path)'")
    }
  }

  @Test func picturesAreTakenInAnyCase() {
    for path in ["a.png", "x/y/a.JPEG", "b.jpg", "B.Jpg", "c.jfif", "d.JPE"] {
      #expect(Glob.images.matches(FileName(path)))
    }
    for path in ["a.gif", "png", "a.pngx", "a.Tif"] {
      #expect(!Glob.images.matches(FileName(path)))
    }
  }

  @Test func aByteThatIsNoCharacterIsOne() {
    let name = FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".png".utf8))
    #expect(Glob("caf?.png").matches(name))
    #expect(Glob("**/*.png").matches(name))
    #expect(Glob("caf[!a-z].png").matches(name))
    #expect(!Glob("caf\u{FFFD}.png").matches(name))
    #expect(!Glob("caf\u{E9}.png").matches(name))
  }

  @Test(arguments: [
    ("*.png", "x", false), ("**/*.png", "x", true), ("**", "x/y", true), ("a/*.png", "a", true),
    ("a/*.png", "b", false), ("a/*.png", "a/b", false), ("{a,b/c}/*", "b", true),
    ("{a,b/c}/*", "b/d", false), ("x", "x", false), ("**/x", "y", true),
  ])
  func foldersAreEnteredWhereSomethingCanMatch(_ glob: String, _ folder: String, _ isEntered: Bool)
  {
    #expect(Glob(glob).canMatch(below: FileName(folder)) == isEntered)
  }

  /// Each of these takes longer than the age of the earth when a matcher tries one way after the other.
  @Test(.timeLimit(.minutes(1)))
  func noPatternTakesForever() {
    let path = String(repeating: "a", count: 200)
    #expect(!Glob(String(repeating: "*a", count: 60) + "b").matches(FileName(path)))
    #expect(!Glob(String(repeating: "**/", count: 40) + "b").matches(FileName(path + "/" + path)))
    #expect(Glob(String(repeating: "{a,aa}", count: 120)).matches(FileName(path)))
    #expect(!Glob(String(repeating: "{a,aa}", count: 120) + "b").matches(FileName(path)))
    let deep = String(repeating: "{", count: 5000) + "a" + String(repeating: "}", count: 5000)
    #expect(!Glob(deep).matches("a"))
  }

  /// Work that grows with the square of the length would take minutes here.
  @Test(.timeLimit(.minutes(1)), arguments: ["[", "[a", "{", "{a,", "*", "?", "]", "}"])
  func aLongPatternIsReadInTimeOfItsLength(_ part: String) {
    let glob = Glob(String(repeating: part, count: 400_000 / part.count) + "!")
    #expect(!glob.matches("x"))
  }
}

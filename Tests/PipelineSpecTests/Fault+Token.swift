/// Faults of quotes, escapes, tags and directives.
extension Fault {
  static let ofToken: [Fault] = [
    Fault(
      "questionMark",
      "name: ? b",
      says: """
        spec.yaml:1:7: error[E001]: a '?' followed by a space can't stand here; put the text in quotes
            1 | name: ? b
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unknownEscape",
      #"""
      name: "a\qb"
      """#,
      says: #"""
        spec.yaml:1:9: error[E001]: an unknown '\' escape in double quotes; use single quotes to take backslashes as they are
            1 | name: "a\qb"
              |         ^
        1 error, 0 warnings: not queued.
        """#),
    Fault(
      "shortEscape",
      #"""
      name: "\xzz"
      """#,
      says: #"""
        spec.yaml:1:10: error[E001]: '\x' needs 2, '\u' 4 and '\U' 8 hexadecimal digits; use single quotes to take backslashes as they are
            1 | name: "\xzz"
              |          ^
        1 error, 0 warnings: not queued.
        """#),
    Fault(
      "surrogateEscape",
      #"""
      name: "\ud800"
      """#,
      says: #"""
        spec.yaml:1:10: error[E001]: the escape stands for no Unicode character; write the character itself
            1 | name: "\ud800"
              |          ^
        1 error, 0 warnings: not queued.
        """#),
    Fault(
      "zeroIndentation",
      """
      name: |0
        x
      """,
      says: """
        spec.yaml:1:8: error[E001]: the digit after '|' or '>' counts spaces and is 1 to 9; leave it out
            1 | name: |0
              |        ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "textAfterBar",
      """
      name: | x
        y
      """,
      says: """
        spec.yaml:1:9: error[E001]: nothing but a comment can follow here; put the text on the next line
            1 | name: | x
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tabInText",
      """
      name: |
      \tx
      """,
      says: """
        spec.yaml:2:1: error[E001]: a tab stands in the indentation; indent with spaces (in the text that starts on line 1)
            2 |  x
              | ^
           note: spec.yaml:1:7: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "markerInQuote",
      """
      name: "a
      ---
      b"
      """,
      says: """
        spec.yaml:2:1: error[E001]: a line '---' or '...' stands inside a quoted text; close the quote before it (in the quoted text that starts on line 1)
            2 | ---
              | ^
           note: spec.yaml:1:7: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "textAfterTheEnd",
      """
      name: x
      ...
      version: 1
      """,
      says: """
        spec.yaml:3:1: error[E001]: the document ended before this line; delete the line '...', or what follows it
            3 | version: 1
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tagPrefix",
      "name: !e!x b",
      says: """
        spec.yaml:1:7: error[E001]: a tag with an unknown prefix; tags mean nothing here, leave it out
            1 | name: !e!x b
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tagPercent",
      "name: !a%zz b",
      says: """
        spec.yaml:1:9: error[E001]: a '%' in a tag; tags mean nothing here, leave it out
            1 | name: !a%zz b
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tagUnclosed",
      "name: !<abc b",
      says: """
        spec.yaml:1:12: error[E001]: a tag without its '>'; tags mean nothing here, leave it out
            1 | name: !<abc b
              |            ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "yamlVersion",
      """
      %YAML 2.0
      ---
      name: x
      """,
      says: """
        spec.yaml:1:1: error[E001]: this is read as YAML 1.2; leave the line '%YAML' out
            1 | %YAML 2.0
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "yamlVersionTwice",
      """
      %YAML 1.2
      %YAML 1.2
      ---
      name: x
      """,
      says: """
        spec.yaml:2:1: error[E001]: a second line '%YAML'; leave both out
            2 | %YAML 1.2
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unknownDirective",
      """
      %TAGS x
      ---
      name: x
      """,
      says: """
        spec.yaml:1:6: error[E001]: a directive this format doesn't know; leave the line out
            1 | %TAGS x
              |      ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "twoAnchors",
      "name: &a &b x",
      says: """
        spec.yaml:1:10: error[E001]: the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [
            1 | name: &a &b x
              |          ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

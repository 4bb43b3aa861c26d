/// Faults of text whose structure is no YAML.
extension Fault {
  static let ofSyntax: [Fault] = [
    Fault(
      "colonInValue",
      """
      version: 1
      name: a: b
      """,
      says: """
        spec.yaml:2:8: error[E001]: a ':' stands where no key can be; quote texts that hold ': ', and indent keys of one mapping alike
            2 | name: a: b
              |        ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "keyWithoutColon",
      """
      version: 1
      name
      stages: []
      """,
      says: """
        spec.yaml:2:1: error[E001]: a key without its ':'; write 'key: value', with a space after the colon
            2 | name
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "keyWithoutSpace",
      """
      version: 1
      name:x
      seed: 1
      """,
      says: """
        spec.yaml:2:1: error[E001]: a key without its ':'; write 'key: value', with a space after the colon
            2 | name:x
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tabAsIndentation",
      """
      version: 1
      input:
      \tphotos: x
      """,
      says: """
        spec.yaml:3:1: error[E001]: a tab stands where a value or key starts; indent with spaces
            3 |  photos: x
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tabInsideTheIndentation",
      """
      version: 1
      stages:
        - id: a
      \tuse: b.c
      """,
      says: """
        spec.yaml:4:1: error[E001]: a tab stands in the indentation; indent with spaces (in the text that starts on line 3)
            4 |  use: b.c
              | ^
           note: spec.yaml:3:9: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "reservedCharacter",
      """
      version: 1
      name: @x
      """,
      says: """
        spec.yaml:2:7: error[E001]: a text can't start with '@'; put it in quotes
            2 | name: @x
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "globLikeAnAlias",
      """
      version: 1
      name: x
      input: { photos: { dir: samples, glob: **/*.png } }
      """,
      says: """
        spec.yaml:3:41: error[E001]: '*' starts an alias and '&' an anchor, whose name is letters and digits; put a text such as "**/*.png" in quotes
            3 | input: { photos: { dir: samples, glob: **/*.png } }
              |                                         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "templateLikeAMapping",
      "name: {item.stem}.png",
      says: """
        spec.yaml:1:18: error[E001]: the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [
            1 | name: {item.stem}.png
              |                  ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unclosedQuote",
      """
      version: 1
      name: "tokenize
      stages: []
      """,
      says: """
        spec.yaml:2:7: error[E001]: this quote is never closed; put the same quote at the end of the text
            2 | name: "tokenize
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "textAfterQuote",
      """
      version: 1
      name: "tok" enize
      """,
      says: """
        spec.yaml:2:13: error[E001]: the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [ (in the mapping that starts on line 1)
            2 | name: "tok" enize
              |             ^
           note: spec.yaml:1:1: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unclosedBracket",
      """
      version: 1
      stages: [a, b
      seed: 4
      """,
      says: """
        spec.yaml:3:5: error[E001]: a list in brackets needs ',' between entries and a ']' at its end (in the list that starts on line 2)
            3 | seed: 4
              |     ^
           note: spec.yaml:2:9: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unclosedBrace",
      """
      version: 1
      input: { photos: { dir: x }
      seed: 3
      """,
      says: """
        spec.yaml:3:1: error[E001]: a mapping in braces needs ',' between entries and a '}' at its end (in the mapping that starts on line 2)
            3 | seed: 3
              | ^
           note: spec.yaml:2:8: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "endInsideBraces",
      """
      version: 1
      input: { photos: { dir: samples

      """,
      says: """
        spec.yaml:2:32: error[E001]: a mapping in braces needs ',' between entries and a '}' at its end
            2 | input: { photos: { dir: samples
              |                                ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "strayBracket",
      "name: ]",
      says: """
        spec.yaml:1:7: error[E001]: a value is missing here; write one, and quote texts that start with , ] or }
            1 | name: ]
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "listOnTheLineOfItsKey",
      """
      version: 1
      stages: - id: a
      """,
      says: """
        spec.yaml:2:9: error[E001]: a list can't start on the line of its key; put '- ' on the next line
            2 | stages: - id: a
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "keysNotAligned",
      """
      version: 1
       name: x
      """,
      says: """
        spec.yaml:2:6: error[E001]: a ':' stands where no key can be; quote texts that hold ': ', and indent keys of one mapping alike
            2 |  name: x
              |      ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "entryNotAligned",
      """
      version: 1
      stages:
        - id: a
         use: b.c
      """,
      says: """
        spec.yaml:4:4: error[E001]: an entry of a list is expected here; start it with '- ', or indent the key like those above it (in the list that starts on line 3)
            4 |    use: b.c
              |    ^
           note: spec.yaml:3:3: it starts here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "listNotAligned",
      """
      version: 1
      stages:
        - id: a
          use: b.c
       - id: c
      """,
      says: """
        spec.yaml:5:2: error[E001]: the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [ (in the mapping that starts on line 1)
            5 |  - id: c
              |  ^
           note: spec.yaml:1:1: it starts here
        1 error, 0 warnings: not queued.
        """),
  ]
}

/// Faults of a document as a whole.
extension Fault {
  static let ofDocument: [Fault] = [
    Fault(
      "empty",
      "",
      says: """
        spec.yaml: error[E006]: the file is empty; a spec starts with 'version: 1'
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "onlyComments",
      """
      # nothing yet

      """,
      says: """
        spec.yaml: error[E006]: the file is empty; a spec starts with 'version: 1'
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "duplicateKey",
      """
      version: 1
      name: x
      stages:
        - id: a
          use: image.read@1
          params: { size: 8, size: 9 }
      """,
      says: """
        spec.yaml:6:24: error[E008]: the key 'size' stands twice in one mapping; keep one
            6 |     params: { size: 8, size: 9 }
              |                        ^~~~
           note: spec.yaml:6:15: the first is here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "keyIsAList",
      """
      version: 1
      name: x
      [a, b]: c
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:3:1: error[E009]: a key must be plain text, not a list, a mapping or an alias; quote texts that start with [, { or *
            3 | [a, b]: c
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "mergeKey",
      """
      version: 1
      name: x
      x-shared: &shared { size: 256 }
      stages:
        - id: a
          use: image.read@1
          params: { <<: *shared, fit: crop }
      """,
      says: """
        spec.yaml:7:15: error[E010]: merge keys ('<<') are not supported; write the keys out, or alias whole values
            7 |     params: { <<: *shared, fit: crop }
              |               ^~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "aliasWithoutAnchor",
      """
      version: 1
      name: x
      stages: *steps
      """,
      says: """
        spec.yaml:3:9: error[E011]: the alias '*steps' has no anchor '&steps' before it; add one, or put the text in quotes
            3 | stages: *steps
              |         ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "aliasIntoItself",
      """
      version: 1
      name: x
      stages: &steps [*steps]
      """,
      says: """
        spec.yaml:3:17: error[E011]: the alias '*steps' has no anchor '&steps' before it; add one, or put the text in quotes
            3 | stages: &steps [*steps]
              |                 ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "tag",
      """
      version: 1
      name: x
      stages:
        - id: a
          use: image.read@1
          params: { size: !!float 8 }
      """,
      says: """
        spec.yaml:6:21: error[E012]: the tag '!!float' means nothing here; leave it out
            6 |     params: { size: !!float 8 }
              |                     ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "twoDocuments",
      """
      version: 1
      name: x
      stages: [{ id: a, use: image.read@1 }]
      ---
      version: 1
      """,
      says: """
        spec.yaml:4:1: error[E007]: a second document starts here, and a file holds one spec; put it into a file of its own
            4 | ---
              | ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "specIsAList",
      """
      - version: 1
      - name: x
      """,
      says: """
        spec.yaml:1:1: error[E020]: a spec must be a mapping, not a list; write 'key: value' pairs
            1 | - version: 1
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "specIsAText",
      "version=1",
      says: """
        spec.yaml:1:1: error[E020]: a spec must be a mapping, not the text 'version=1'; write 'key: value' pairs
            1 | version=1
              | ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
  ]
}

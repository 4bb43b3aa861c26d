/// Faults of single values.
extension Fault {
  static let ofValue: [Fault] = [
    Fault(
      "numberAsName",
      """
      version: 1
      name: 2024
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:2:7: error[E023]: 'name' must be a text, not the number 2024; put it in quotes
            2 | name: 2024
              |       ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "nothingAsName",
      """
      version: 1
      name:
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:2:6: error[E023]: 'name' must be a text, not nothing; fill it in
            2 | name:
              |      ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "emptyName",
      """
      version: 1
      name: ""
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:2:7: error[E054]: 'name' is an empty text; fill it in
            2 | name: ""
              |       ^~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "nameWithSpaces",
      """
      version: 1
      name: my job
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:2:7: error[E026]: 'my job' can't be a name: names are letters, digits, '-', '_' and '.', at most 64, a letter or digit first; write 'my-job'
            2 | name: my job
              |       ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "nameOfTwoLines",
      #"""
      version: 1
      name: "two\nlines"
      stages: [{ id: a, use: image.read@1 }]
      """#,
      says: #"""
        spec.yaml:2:7: error[E026]: 'two\nlines' can't be a name: names are letters, digits, '-', '_' and '.', at most 64, a letter or digit first; write 'two-lines'
            2 | name: "two\nlines"
              |       ^~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """#),
    Fault(
      "otherVersion",
      """
      version: 2
      name: x
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:1:10: error[E025]: this Lattice reads specs of version 1, not 2; write 'version: 1'
            1 | version: 2
              |          ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "versionAsText",
      """
      version: "1"
      name: x
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:1:10: error[E023]: 'version' must be the number 1, not the text '1' in quotes; take the quotes away
            1 | version: "1"
              |          ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "versionWithPoint",
      """
      version: 1.0
      name: x
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:1:10: error[E023]: 'version' must be the number 1, not the number 1.0; write it without a point or exponent
            1 | version: 1.0
              |          ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "priorityAsText",
      "priority: high",
      says: """
        spec.yaml:5:11: error[E023]: 'priority' must be a whole number, not the text 'high'; write digits alone
            5 | priority: high
              |           ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "priorityTooHigh",
      "priority: 5000",
      says: """
        spec.yaml:5:11: error[E028]: 'priority' is 5000; it must be from -1000 to 1000
            5 | priority: 5000
              |           ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "holdYes",
      "hold: yes",
      says: """
        spec.yaml:5:7: error[E024]: 'hold' is the text 'yes'; it must be true or false: write true
            5 | hold: yes
              |       ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "holdOff",
      "hold: OFF",
      says: """
        spec.yaml:5:7: error[E024]: 'hold' is the text 'OFF'; it must be true or false: write false
            5 | hold: OFF
              |       ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "holdNumber",
      "hold: 1",
      says: """
        spec.yaml:5:7: error[E023]: 'hold' must be true or false, not the number 1; write one of the two
            5 | hold: 1
              |       ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "seedNegative",
      "seed: -1",
      says: """
        spec.yaml:5:7: error[E057]: 'seed' is -1; a seed is a whole number from 0
            5 | seed: -1
              |       ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "seedTooLarge",
      "seed: 18446744073709551616",
      says: """
        spec.yaml:5:7: error[E028]: 'seed' is 1.8446744073709552e+19; it must be at most 9223372036854775807
            5 | seed: 18446744073709551616
              |       ^~~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "shardsAsNumber",
      "shards: 8",
      says: """
        spec.yaml:5:9: error[E023]: 'shards' must be a mapping, not the number 8; write 'key: value' pairs
            5 | shards: 8
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "shardsOfNothing",
      "shards: { items: 0 }",
      says: """
        spec.yaml:5:18: error[E028]: 'shards.items' is 0; it must be from 1 to 1000000
            5 | shards: { items: 0 }
              |                  ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "outputExists",
      "output: { dir: results, exists: overwrite }",
      says: """
        spec.yaml:5:33: error[E037]: 'output.exists' is 'overwrite'; it must be one of error, skip, replace
            5 | output: { dir: results, exists: overwrite }
              |                                 ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "outputExistsMistyped",
      "output: { exists: replcae }",
      says: """
        spec.yaml:5:19: error[E037]: 'output.exists' is 'replcae'; it must be one of error, skip, replace; did you mean 'replace'?
            5 | output: { exists: replcae }
              |                   ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "outputNothing",
      "output:",
      says: """
        spec.yaml:5:8: error[E023]: 'output' must be a mapping, not nothing; fill it in or delete it
            5 | output:
              |        ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

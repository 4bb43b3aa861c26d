/// Faults of what tasks have besides other stages.
extension Fault {
  static let ofTask: [Fault] = [
    Fault(
      "checkpointWithoutUnit",
      """
      version: 1
      name: x
      stages:
        - { id: train, use: fsq.train@1, checkpoint: { every: 500 } }
      """,
      says: """
        spec.yaml:4:57: error[E060]: 'stages[0].checkpoint.every' is the bare number 500; write what is counted, like 500 steps
            4 |   - { id: train, use: fsq.train@1, checkpoint: { every: 500 } }
              |                                                         ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "checkpointByTime",
      """
      version: 1
      name: x
      stages:
        - { id: train, use: fsq.train@1, checkpoint: { every: 10min, keep: 0 } }
      """,
      says: """
        spec.yaml:4:57: error[E060]: 'stages[0].checkpoint.every' is '10min', which is not a count of steps; write one like 500 steps
            4 |   - { id: train, use: fsq.train@1, checkpoint: { every: 10min, keep: 0 } }
              |                                                         ^~~~~
        spec.yaml:4:70: error[E028]: 'stages[0].checkpoint.keep' is 0; it must be from 1 to 1000
            4 | train, use: fsq.train@1, checkpoint: { every: 10min, keep: 0 } }
              |                                                            ^
        2 errors, 0 warnings: not queued.
        """),
    Fault(
      "checkpointOfNothing",
      """
      version: 1
      name: x
      stages:
        - { id: train, use: fsq.train@1, checkpoint: { every: 0 steps } }
      """,
      says: """
        spec.yaml:4:57: error[E060]: 'stages[0].checkpoint.every' is '0 steps', which is not a count of steps; write one like 500 steps
            4 |   - { id: train, use: fsq.train@1, checkpoint: { every: 0 steps } }
              |                                                         ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "checkpointAsANumber",
      """
      version: 1
      name: x
      stages:
        - { id: train, use: fsq.train@1, checkpoint: 500 }
      """,
      says: """
        spec.yaml:4:48: error[E023]: 'stages[0].checkpoint' must be a mapping, not the number 500; write 'key: value' pairs
            4 |   - { id: train, use: fsq.train@1, checkpoint: 500 }
              |                                                ^~~
        1 error, 0 warnings: not queued.
        """),
    .appended(
      "modelToMakeWithAPath", "output: { model: ../my-fsq@1 }",
      says: """
        spec.yaml:5:18: error[E061]: '../my-fsq@1' can't be a model's name; write NAME, or NAME@VERSION, each of letters, digits, '-', '_' and '.', at most 64, a letter or digit first
            5 | output: { model: ../my-fsq@1 }
              |                  ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    .appended(
      "modelToMakeWithoutItsVersion", "output: { model: my-fsq@ }",
      says: """
        spec.yaml:5:18: error[E061]: 'my-fsq@' can't be a model's name; write NAME, or NAME@VERSION, each of letters, digits, '-', '_' and '.', at most 64, a letter or digit first
            5 | output: { model: my-fsq@ }
              |                  ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
  ]
}

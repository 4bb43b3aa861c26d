/// Faults of values of another kind than their keys take.
extension Fault {
  static let ofKind: [Fault] = [
    Fault(
      "stagesAsMapping",
      """
      version: 1
      name: x
      stages: { id: a, use: image.read@1 }
      """,
      says: """
        spec.yaml:3:9: error[E023]: 'stages' must be a list, not a mapping; start each entry with '- '
            3 | stages: { id: a, use: image.read@1 }
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "stagesEmpty",
      """
      version: 1
      name: x
      stages: []
      """,
      says: """
        spec.yaml:3:9: error[E027]: 'stages' is an empty list; it needs at least one entry
            3 | stages: []
              |         ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "stageAsText",
      """
      version: 1
      name: x
      stages: [image.read@1]
      """,
      says: """
        spec.yaml:3:10: error[E023]: 'stages[0]' must be a mapping, not the text 'image.read@1'; write 'key: value' pairs
            3 | stages: [image.read@1]
              |          ^~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "paramsAsList",
      """
      version: 1
      name: x
      stages: [{ id: a, use: image.read@1, params: [size, 8] }]
      """,
      says: """
        spec.yaml:3:46: error[E023]: 'stages[0].params' must be a mapping, not a list; write 'key: value' pairs
            3 | stages: [{ id: a, use: image.read@1, params: [size, 8] }]
              |                                              ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

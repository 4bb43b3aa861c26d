/// Faults of keys that are unknown or missing.
extension Fault {
  static let ofKey: [Fault] = [
    Fault(
      "unknownTopKey",
      """
      version: 1
      name: x
      stagse: []
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:3:1: error[E021]: unknown key 'stagse' in the spec; did you mean 'stages'?
            3 | stagse: []
              | ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unknownKeyUnlikeAny",
      """
      version: 1
      name: x
      gpu: 1
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:3:1: error[E021]: unknown key 'gpu' in the spec; known are version, name, priority, hold, input, stages, output, shards, limits, retry, errors, seed
            3 | gpu: 1
              | ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unknownStageKey",
      """
      version: 1
      name: x
      stages:
        - id: depth
          use: uvim.depth@1
          modle: uvim-depth-scenes@1
      """,
      says: """
        spec.yaml:6:5: error[E021]: unknown key 'modle' in stage 'depth'; did you mean 'model'?
            6 |     modle: uvim-depth-scenes@1
              |     ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "unknownInputKey",
      """
      version: 1
      name: x
      input:
        photos: { directory: samples, dir: samples }
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:4:13: error[E021]: unknown key 'directory' in the input 'photos'; known are dir, glob, exclude, files, list, count
            4 |   photos: { directory: samples, dir: samples }
              |             ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "ownKeyWhereNoneIs",
      "limits: { x-gpu: 1 }",
      says: """
        spec.yaml:5:11: error[E021]: unknown key 'x-gpu' in 'limits'; known are cpus, memory, time, stall, batch
            5 | limits: { x-gpu: 1 }
              |           ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "missingVersion",
      """
      name: x
      stages: [{ id: a, use: image.read@1 }]
      """,
      says: """
        spec.yaml:1:1: error[E022]: the spec lacks 'version' (version of this format: 1); add it
            1 | name: x
              | ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "missingNameAndStages",
      "version: 1",
      says: """
        spec.yaml:1:1: error[E022]: the spec lacks 'name' (what the job is called); add it
            1 | version: 1
              | ^~~~~~~
        spec.yaml:1:1: error[E022]: the spec lacks 'stages' (the steps); add it
            1 | version: 1
              | ^~~~~~~
        2 errors, 0 warnings: not queued.
        """),
    Fault(
      "missingUse",
      """
      version: 1
      name: x
      stages:
        - id: read
      """,
      says: """
        spec.yaml:4:5: error[E022]: stage 'read' lacks 'use' (the stage and its versions: image.read@1); add it
            4 |   - id: read
              |     ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "missingItems",
      "shards: {}",
      says: """
        spec.yaml:5:9: error[E022]: 'shards' lacks 'items' (items one worker does); add it
            5 | shards: {}
              |         ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

/// Faults of the names of stages.
extension Fault {
  static let ofStage: [Fault] = [
    Fault(
      "idWithSpace",
      """
      version: 1
      name: x
      stages: [{ id: first step, use: image.read@1 }]
      """,
      says: """
        spec.yaml:3:16: error[E038]: 'first step' can't be an id: ids are letters, digits, '-' and '_', at most 64, a letter first; write 'first-step'
            3 | stages: [{ id: first step, use: image.read@1 }]
              |                ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "everyFaultOfAStage",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: 2nd, use: save, in: { image: raed.image }, params: 5, model: depth }
      """,
      says: """
        spec.yaml:5:11: error[E038]: '2nd' can't be an id: ids are letters, digits, '-' and '_', at most 64, a letter first
            5 |   - { id: 2nd, use: save, in: { image: raed.image }, params: 5, model: depth }
              |           ^~~
        spec.yaml:5:21: error[E041]: 'save' names no stage; write family.verb@version, like image.read@1
            5 |   - { id: 2nd, use: save, in: { image: raed.image }, params: 5, model: depth }
              |                     ^~~~
        spec.yaml:5:40: error[E044]: there is no stage 'raed'; did you mean 'read'?
            5 |   - { id: 2nd, use: save, in: { image: raed.image }, params: 5, model: depth }
              |                                        ^~~~~~~~~~
        spec.yaml:5:62: error[E023]: 'stages[1].params' must be a mapping, not the number 5; write 'key: value' pairs
            5 | - { id: 2nd, use: save, in: { image: raed.image }, params: 5, model: depth }
              |                                                            ^
        spec.yaml:5:72: error[E052]: 'depth' names no model; write name@version, or { path: …, sha256: … }
            5 | d, use: save, in: { image: raed.image }, params: 5, model: depth }
              |                                                            ^~~~~
        5 errors, 0 warnings: not queued.
        """),
    Fault(
      "idTwice",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: read, use: image.write@1 }
      """,
      says: """
        spec.yaml:5:11: error[E039]: two stages are called 'read'; rename one of them
            5 |   - { id: read, use: image.write@1 }
              |           ^~~~
           note: spec.yaml:4:11: the first is here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "idOfTheInput",
      """
      version: 1
      name: x
      input: { photos: { dir: samples } }
      stages:
        - { id: photos, use: image.read@1 }
      """,
      says: """
        spec.yaml:5:11: error[E040]: the stage 'photos' has the name of the input; rename one of them
            5 |   - { id: photos, use: image.read@1 }
              |           ^~~~~~
           note: spec.yaml:3:10: the input is here
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "useWithoutFamily",
      """
      version: 1
      name: x
      stages: [{ id: read, use: read }]
      """,
      says: """
        spec.yaml:3:27: error[E041]: 'read' names no stage; write family.verb@version, like image.read@1
            3 | stages: [{ id: read, use: read }]
              |                           ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "useOfNoVersion",
      """
      version: 1
      name: x
      stages: [{ id: read, use: image.read@latest }]
      """,
      says: """
        spec.yaml:3:27: error[E042]: 'latest' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'
            3 | stages: [{ id: read, use: image.read@latest }]
              |                           ^~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "useWithEmptyVersion",
      """
      version: 1
      name: x
      stages: [{ id: read, use: image.read@ }]
      """,
      says: """
        spec.yaml:3:27: error[E042]: '' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'
            3 | stages: [{ id: read, use: image.read@ }]
              |                           ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
  ]
}

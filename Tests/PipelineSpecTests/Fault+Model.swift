/// Faults of models.
extension Fault {
  static let ofModel: [Fault] = [
    Fault(
      "modelWithoutVersion",
      """
      version: 1
      name: x
      stages: [{ id: depth, use: uvim.depth@1, model: uvim-depth }]
      """,
      says: """
        spec.yaml:3:49: error[E052]: 'uvim-depth' names no model; write name@version, or { path: …, sha256: … }
            3 | stages: [{ id: depth, use: uvim.depth@1, model: uvim-depth }]
              |                                                 ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "modelDigestShort",
      """
      version: 1
      name: x
      stages:
        - { id: depth, use: uvim.depth@1, model: { path: depth.bin, sha256: abc123 } }
      """,
      says: """
        spec.yaml:4:71: error[E051]: 'stages[0].model.sha256' is 'abc123'; write the 64 hexadecimal digits of the file's sha256
            4 | epth, use: uvim.depth@1, model: { path: depth.bin, sha256: abc123 } }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "modelWithoutPath",
      """
      version: 1
      name: x
      stages:
        - { id: depth, use: uvim.depth@1, model: { sha256: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f } }
      """,
      says: """
        spec.yaml:4:46: error[E022]: a model lacks 'path' (file or folder of the model); add it
            4 |   - { id: depth, use: uvim.depth@1, model: { sha256: 000102030405060708090a0b0c0d0e0f101112131415161
              |                                              ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "modelInSlotAsNumber",
      """
      version: 1
      name: x
      stages:
        - { id: depth, use: uvim.depth@1, model: { encoder: 7 } }
      """,
      says: """
        spec.yaml:4:55: error[E023]: 'stages[0].model.encoder' must be a model such as name@version, not the number 7; write one instead
            4 |   - { id: depth, use: uvim.depth@1, model: { encoder: 7 } }
              |                                                       ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

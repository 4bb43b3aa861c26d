/// Faults of what stages read from.
extension Fault {
  static let ofConnection: [Fault] = [
    Fault(
      "connectionOfThree",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: save, use: image.write@1, in: { image: read.image.rgb } }
      """,
      says: """
        spec.yaml:5:50: error[E043]: 'read.image.rgb' connects to nothing; write 'stage.port' or the name of the input
            5 |   - { id: save, use: image.write@1, in: { image: read.image.rgb } }
              |                                                  ^~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionMistyped",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: save, use: image.write@1, in: { image: raed.image } }
      """,
      says: """
        spec.yaml:5:50: error[E044]: there is no stage 'raed'; did you mean 'read'?
            5 |   - { id: save, use: image.write@1, in: { image: raed.image } }
              |                                                  ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionToNoStage",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: save, use: image.write@1, in: { image: depth.image } }
      """,
      says: """
        spec.yaml:5:50: error[E044]: there is no stage 'depth'; the stages are read, save
            5 |   - { id: save, use: image.write@1, in: { image: depth.image } }
              |                                                  ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionToItself",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1, in: { file: read.image } }
      """,
      says: """
        spec.yaml:4:48: error[E045]: the stage 'read' reads from itself; connect it to another stage
            4 |   - { id: read, use: image.read@1, in: { file: read.image } }
              |                                                ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionToAStageWithoutPort",
      """
      version: 1
      name: x
      input: { photos: { dir: samples } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos } }
        - { id: save, use: image.write@1, in: { image: read } }
      """,
      says: """
        spec.yaml:6:50: error[E046]: 'read' is a stage; name the port to read from: 'read.PORT'
            6 |   - { id: save, use: image.write@1, in: { image: read } }
              |                                                  ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionToInputMistyped",
      """
      version: 1
      name: x
      input: { photos: { dir: samples } }
      stages:
        - { id: read, use: image.read@1, in: { file: photo } }
      """,
      says: """
        spec.yaml:5:48: error[E046]: there is no input 'photo'; did you mean 'photos'?
            5 |   - { id: read, use: image.read@1, in: { file: photo } }
              |                                                ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionToNoInput",
      """
      version: 1
      name: x
      input: { photos: { dir: samples } }
      stages:
        - { id: read, use: image.read@1, in: { file: masks } }
      """,
      says: """
        spec.yaml:5:48: error[E046]: there is no input 'masks'; the input is 'photos'
            5 |   - { id: read, use: image.read@1, in: { file: masks } }
              |                                                ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionWithoutAnyInput",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1, in: { file: photos } }
      """,
      says: """
        spec.yaml:4:48: error[E047]: there is no input 'photos', as the spec has no 'input'; add 'input: { photos: { dir: … } }'
            4 |   - { id: read, use: image.read@1, in: { file: photos } }
              |                                                ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "connectionAsNumber",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1, in: { file: 1 } }
      """,
      says: """
        spec.yaml:4:48: error[E023]: 'stages[0].in.file' must be a text, not the number 1; put it in quotes
            4 |   - { id: read, use: image.read@1, in: { file: 1 } }
              |                                                ^
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "inAsText",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1, in: photos }
      """,
      says: """
        spec.yaml:4:40: error[E023]: 'stages[0].in' must be a mapping, not the text 'photos'; write 'key: value' pairs
            4 |   - { id: read, use: image.read@1, in: photos }
              |                                        ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "readingFromAFaultyStage",
      """
      version: 1
      name: x
      stages:
        - { id: read, use: image@1 }
        - { id: save, use: image.write@1, in: { image: read.image } }
      """,
      says: """
        spec.yaml:4:22: error[E041]: 'image@1' names no stage; write family.verb@version, like image.read@1
            4 |   - { id: read, use: image@1 }
              |                      ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault(
      "readingFromAFaultyInput",
      """
      version: 1
      name: x
      input: { photos: { directory: samples } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos } }
      """,
      says: """
        spec.yaml:3:10: error[E048]: the input 'photos' doesn't say where its items come from; add one of dir, files, list and count
            3 | input: { photos: { directory: samples } }
              |          ^~~~~~
        spec.yaml:3:20: error[E021]: unknown key 'directory' in the input 'photos'; known are dir, glob, exclude, files, list, count
            3 | input: { photos: { directory: samples } }
              |                    ^~~~~~~~~
        2 errors, 0 warnings: not queued.
        """),
  ]
}

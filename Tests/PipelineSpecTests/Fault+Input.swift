/// Faults of inputs.
extension Fault {
  static let ofInput: [Fault] = [
    Fault.appended(
      "noInput",
      "input: {}",
      says: """
        spec.yaml:5:8: error[E027]: 'input' names no input; write one, like 'photos: { dir: samples }'
            5 | input: {}
              |        ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "inputAsText",
      "input: samples",
      says: """
        spec.yaml:5:8: error[E023]: 'input' must be a mapping, not the text 'samples'; write 'key: value' pairs
            5 | input: samples
              |        ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "inputNameWithSpace",
      "input: { my photos: { dir: samples } }",
      says: """
        spec.yaml:5:10: error[E038]: 'my photos' can't name an input: names are letters, digits, '-' and '_', at most 64, a letter first; write 'my-photos'
            5 | input: { my photos: { dir: samples } }
              |          ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "twoInputs",
      """
      input:
        photos: { dir: samples }
        masks: { dir: masks }
      """,
      says: """
        spec.yaml:7:3: error[E053]: a spec has one input, and 'masks' is a second one; keep one of them
            7 |   masks: { dir: masks }
              |   ^~~~~
           note: spec.yaml:6:3: the first is 'photos'
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "inputWithoutSource",
      """
      input:
        photos: { glob: "*.png" }
      """,
      says: """
        spec.yaml:6:3: error[E048]: the input 'photos' doesn't say where its items come from; add one of dir, files, list and count
            6 |   photos: { glob: "*.png" }
              |   ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "inputOfTwoSources",
      """
      input:
        photos: { dir: samples, list: photos.txt }
      """,
      says: """
        spec.yaml:6:3: error[E049]: the input 'photos' has 2 sources of items: dir, list; keep one
            6 |   photos: { dir: samples, list: photos.txt }
              |   ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "globWithoutEnd",
      """
      input:
        photos: { dir: samples, glob: \(String(repeating: "x", count: 4097)) }
      """,
      says: """
        spec.yaml:6:33: error[E028]: 'input.photos.glob' has 4097 characters; a glob has at most 4096
            6 |   photos: { dir: samples, glob: \(String(repeating: "x", count: 68))
              |                                 ^\(String(repeating: "~", count: 67))
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "globWithoutDirectory",
      """
      input:
        photos: { list: photos.txt, glob: "*.png" }
      """,
      says: """
        spec.yaml:6:37: error[E050]: 'glob' picks files below 'dir', and there is no 'dir'; delete it
            6 |   photos: { list: photos.txt, glob: "*.png" }
              |                                     ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "excludeWithoutDirectory",
      """
      input:
        photos: { count: 3, exclude: "*.png" }
      """,
      says: """
        spec.yaml:6:32: error[E050]: 'exclude' leaves out files below 'dir', and there is no 'dir'; delete it
            6 |   photos: { count: 3, exclude: "*.png" }
              |                                ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "excludeUpwards",
      """
      input:
        photos: { dir: samples, exclude: [x, "../*.png"] }
      """,
      says: """
        spec.yaml:6:40: error[E059]: the glob '../*.png' leads out of 'dir'; write it relative to 'dir' and without '..'
            6 |   photos: { dir: samples, exclude: [x, "../*.png"] }
              |                                        ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "globUpwards",
      """
      input:
        photos: { dir: samples, glob: "../*.png" }
      """,
      says: """
        spec.yaml:6:33: error[E059]: the glob '../*.png' leads out of 'dir'; write it relative to 'dir' and without '..'
            6 |   photos: { dir: samples, glob: "../*.png" }
              |                                 ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "globAbsolute",
      """
      input:
        photos: { dir: samples, glob: "/etc/*" }
      """,
      says: """
        spec.yaml:6:33: error[E059]: the glob '/etc/*' leads out of 'dir'; write it relative to 'dir' and without '..'
            6 |   photos: { dir: samples, glob: "/etc/*" }
              |                                 ^~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "filesAsText",
      """
      input:
        photos: { files: a.png }
      """,
      says: """
        spec.yaml:6:20: error[E023]: 'input.photos.files' must be a list, not the text 'a.png'; start each entry with '- '
            6 |   photos: { files: a.png }
              |                    ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "filesEmpty",
      """
      input:
        photos: { files: [] }
      """,
      says: """
        spec.yaml:6:20: error[E027]: 'input.photos.files' is an empty list; it needs at least one entry
            6 |   photos: { files: [] }
              |                    ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "fileTwice",
      """
      input:
        photos:
          files:
            - a.png
            - b.png
            - a.png
      """,
      says: """
        spec.yaml:10:9: error[E055]: the file 'a.png' is listed twice; delete one
           10 |       - a.png
              |         ^~~~~
           note: spec.yaml:8:9: the first is here
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "countTooLarge",
      "input: { noise: { count: 200000000 } }",
      says: """
        spec.yaml:5:26: error[E028]: 'input.noise.count' is 200000000; it must be from 1 to 100000000
            5 | input: { noise: { count: 200000000 } }
              |                          ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
  ]
}

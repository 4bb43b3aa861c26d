import DurableFiles
import Glibc
import JobModel
import Planning
import Testing

/// Names of outputs that clash or lead elsewhere: E126, E140 to E143.
@Suite struct OutputFaultTests {
  private let bench: PlanBench

  init() throws {
    bench = try PlanBench()
    try bench.file("in/x/a.png")
    try bench.file("in/y/b.png")
  }

  private func faults(_ parameters: String, more: String = "") throws -> String {
    try bench.faults(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }, params: { \(parameters) }
        """, more: more))
  }

  @Test func twoItemsOfOneName() throws {
    #expect(
      try faults("") == """
        p.yaml:6:11: error[E140]: items 'a.png' and 'x/a.png' would both write 'a.png'; put {item.dir}, {item.ext} or {item.number} into 'name'
            6 |   - { id: write, use: pic.write, in: { image: read.image }, params: {  } }
              |           ^~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("name: '{item.name}'") == """
        p.yaml:6:77: error[E140]: items 'a.png' and 'x/a.png' would both write 'a.png'; put {item.dir}, {item.ext} or {item.number} into 'name'
            6 | use: pic.write, in: { image: read.image }, params: { name: '{item.name}' } }
              |                                                            ^~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func allItemsOfOneName() throws {
    #expect(
      try faults("name: '{job.name}.png'") == """
        p.yaml:6:77: error[E140]: items 'a.png' and 'x/a.png' would both write 'tiles.png'; put {item.dir}, {item.ext} or {item.number} into 'name'
            6 | use: pic.write, in: { image: read.image }, params: { name: '{job.name}.png' } }
              |                                                            ^~~~~~~~~~~~~~~~
        p.yaml:6:77: error[E140]: items 'a.png' and 'y/b.png' would both write 'tiles.png'; put {item.dir}, {item.ext} or {item.number} into 'name'
            6 | use: pic.write, in: { image: read.image }, params: { name: '{job.name}.png' } }
              |                                                            ^~~~~~~~~~~~~~~~
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func atMostTenClashesAreShown() throws {
    for number in 0..<30 { try bench.file("in/\(number).png") }
    #expect(try faults("name: one.png").hasSuffix("10 errors, 0 warnings: not queued."))
  }

  @Test func aStageThatGathersWritesItsNameOnce() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: sheet, use: pic.sheet, in: { image: read.image }
        """))
    #expect(plan.items.count == 3)
  }

  @Test func twoStagesOfOneName() throws {
    #expect(
      try bench.faults(
        PlanBench.spec(
          """
          id: read, use: pic.read, in: { file: pics }
          id: gray, use: pic.gray, in: { image: read.image }
          id: colours, use: pic.write, in: { image: read.image }, params: { name: '{item.id}' }
          id: grays, use: pic.write, in: { image: gray.image }, params: { name: '{item.dir}/{item.stem}.png' }
          """)) == """
          p.yaml:8:77: error[E143]: 'colours' and 'grays' would both write 'a.png'; give them different names
              8 | use: pic.write, in: { image: gray.image }, params: { name: '{item.dir}/{item.stem}.png' } }
                |                                                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
          p.yaml:8:77: error[E143]: 'colours' and 'grays' would both write 'x/a.png'; give them different names
              8 | use: pic.write, in: { image: gray.image }, params: { name: '{item.dir}/{item.stem}.png' } }
                |                                                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
          p.yaml:8:77: error[E143]: 'colours' and 'grays' would both write 'y/b.png'; give them different names
              8 | use: pic.write, in: { image: gray.image }, params: { name: '{item.dir}/{item.stem}.png' } }
                |                                                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
          3 errors, 0 warnings: not queued.
          """)
  }

  @Test(arguments: [
    (
      "../{item.id}",
      "the name '../{item.id}' leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "x/../../{item.id}",
      "the name 'x/../../{item.id}' leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "/etc/{item.id}",
      "the name '/etc/{item.id}' is absolute; names are relative to the job's output folder, which 'output: { dir: … }' sets"
    ),
    (
      "{item.id",
      "the name '{item.id' has a brace without its partner; placeholders look like {item.stem}"
    ),
    (
      "{item.path}",
      "the name '{item.path}' has an unknown placeholder '{item.path}'; there are {item.id}, {item.stem}, {item.name}, {item.ext}, {item.dir}, {item.number}, {job.id}, {job.name}"
    ),
  ])
  func namesThatCantBe(_ name: String, _ reason: String) throws {
    let tildes = String(repeating: "~", count: name.count + 1)
    #expect(
      try faults("name: '\(name)'") == """
        p.yaml:6:77: error[E126]: \(reason)
            6 | use: pic.write, in: { image: read.image }, params: { name: '\(name)' } }
              |                                                            ^\(tildes)
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aNameThatMayBeEmpty() throws {
    func spec(_ parameters: String) -> String {
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }, params: { \(parameters) }
        """)
    }
    let plan = try bench.result(spec("name: '{item.dir}/{item.stem}.png', small: ''"))
    #expect(plan.diagnostics.isEmpty)
    #expect(
      try bench.faults(spec("name: ''")) == """
        p.yaml:6:77: error[E126]: the name '' is empty
            6 | use: pic.write, in: { image: read.image }, params: { name: '' } }
              |                                                            ^~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func anOutputThatIsThere() throws {
    try bench.file("out/x/a.png")
    let name = "name: '{item.id}'"
    #expect(
      try faults(name, more: "output: { dir: out }") == """
        p.yaml:6:77: error[E141]: the output '/bench/out/x/a.png' is there already; say 'exists: skip' or 'exists: replace', or choose another folder
            6 | use: pic.write, in: { image: read.image }, params: { name: '{item.id}' } }
              |                                                            ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
    for existing in ["skip", "replace"] {
      #expect(
        try faults(name, more: "output: { dir: out, exists: \(existing) }")
          == "0 errors, 0 warnings.")
    }
    #expect(
      try faults("\(name), exists: skip", more: "output: { dir: out, exists: error }")
        == "0 errors, 0 warnings.")
  }

  @Test func aLinkThatIsThereCountsEvenIfItLeadsNowhere() throws {
    try Files.makeDirectory("\(bench.root)/out")
    symlink("/nowhere", "\(bench.root)/out/a.png")
    #expect(
      try faults("name: '{item.id}'", more: "output: { dir: out }") == """
        p.yaml:6:77: error[E141]: the output '/bench/out/a.png' is there already; say 'exists: skip' or 'exists: replace', or choose another folder
            6 | use: pic.write, in: { image: read.image }, params: { name: '{item.id}' } }
              |                                                            ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aFolderThatIsNotAllowed() throws {
    bench.allowedOutputs = ["/srv/results", "\(bench.root)/results"]
    #expect(
      try faults("name: '{item.id}'", more: "output: { dir: elsewhere }") == """
        p.yaml:7:16: error[E142]: results may not go to '/bench/elsewhere'; folders the configuration allows: /srv/results, /bench/results
            7 | output: { dir: elsewhere }
              |                ^~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
    bench.allowedOutputs = []
    #expect(
      try faults("name: '{item.id}'", more: "output: { dir: results }") == """
        p.yaml:7:16: error[E142]: results may not go to '/bench/results'; folders the configuration allows: none besides the job's own
            7 | output: { dir: results }
              |                ^~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  /// A name that only begins like an allowed folder, one that climbs out, and one that leaves through a link.
  @Test func anAllowedFolderCantBeLeft() throws {
    try Files.makeDirectory("\(bench.root)/results/deep")
    try Files.makeDirectory("\(bench.root)/secret")
    symlink("\(bench.root)/secret", "\(bench.root)/results/link")
    bench.allowedOutputs = ["\(bench.root)/results"]
    for directory in ["results-2", "results/../secret", "results/link", "results/link/new", "/"] {
      let text = try faults("name: '{item.id}'", more: "output: { dir: \(directory) }")
      #expect(text.contains("error[E142]"), "\(directory)")
      #expect(text.hasSuffix("1 error, 0 warnings: not queued."))
    }
    for directory in ["results", "results/new/deeper", "results/deep/../x", "./results//"] {
      let text = try faults("name: '{item.id}'", more: "output: { dir: \(directory) }")
      #expect(text == "0 errors, 0 warnings.", "\(directory)")
    }
  }

  @Test func anAllowedFolderMayBeALink() throws {
    try Files.makeDirectory("\(bench.root)/disk")
    symlink("\(bench.root)/disk", "\(bench.root)/results")
    bench.allowedOutputs = ["\(bench.root)/results"]
    for directory in ["results/run", "disk/run"] {
      #expect(
        try faults("name: '{item.id}'", more: "output: { dir: \(directory) }")
          == "0 errors, 0 warnings.")
    }
  }
}

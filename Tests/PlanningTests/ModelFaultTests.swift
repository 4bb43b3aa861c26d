import DurableFiles
import Glibc
import JobModel
import Planning
import Testing

/// Models that are not there, or not the ones: E150 to E155.
@Suite struct ModelFaultTests {
  private let bench: PlanBench

  init() throws {
    bench = try PlanBench()
    try bench.file("models/vq/1.0/MANIFEST", "vq one")
    try bench.file("models/vq/2.0/MANIFEST", "vq two")
    try bench.file("weights.safetensors", "weights")
  }

  private func spec(_ use: String, _ model: String) -> String {
    PlanBench.spec(
      """
      id: read, use: pic.read, in: { file: pics }
      id: net, use: \(use), in: { image: read.image }\(model.isEmpty ? "" : ", model: \(model)")
      id: write, use: pic.write, in: { image: net.image }
      """)
  }

  private func faults(_ use: String, _ model: String) throws -> String {
    try bench.faults(spec(use, model))
  }

  @Test func aModelOfNoSuchVersion() throws {
    #expect(
      try faults("lab.run", "vq@3.0") == """
        p.yaml:6:64: error[E150]: there is no model 'vq@3.0'; did you mean 'vq@1.0'?
            6 | { id: net, use: lab.run, in: { image: read.image }, model: vq@3.0 }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("lab.run", "sonnet@1") == """
        p.yaml:6:64: error[E150]: there is no model 'sonnet@1'; there are vq@1.0, vq@2.0
            6 | { id: net, use: lab.run, in: { image: read.image }, model: sonnet@1 }
              |                                                            ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func thereAreNoModels() throws {
    try Files.removeTree("\(bench.root)/models")
    #expect(
      try faults("lab.run", "vq@1.0") == """
        p.yaml:6:64: error[E150]: there is no model 'vq@1.0'; there are none
            6 | { id: net, use: lab.run, in: { image: read.image }, model: vq@1.0 }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aVersionCantLeadOutOfTheModels() throws {
    try bench.file("MANIFEST", "not a model")
    try bench.file("models/MANIFEST", "not a model")
    for version in ["..", ".", "../..", "1.0/../../.."] {
      #expect(
        try faults("lab.run", "vq@\(version)").contains("there is no model 'vq@\(version)'"))
    }
  }

  @Test func aVersionThatWasCopiedInPart() throws {
    try bench.file("models/vq/3.0/model.safetensors", "weights")
    #expect(
      try faults("lab.run", "vq@3.0") == """
        p.yaml:6:64: error[E151]: the model 'vq@3.0' can't be used: '/bench/models/vq/3.0' has no MANIFEST; copy or import the model again, whole
            6 | { id: net, use: lab.run, in: { image: read.image }, model: vq@3.0 }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aFileThatIsNotThere() throws {
    #expect(
      try faults("lab.run", "{ path: weights.bin }") == """
        p.yaml:6:72: error[E151]: there is no model at 'weights.bin' (looked for '/bench/weights.bin')
            6 | t, use: lab.run, in: { image: read.image }, model: { path: weights.bin } }
              |                                                            ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  /// A pipe would be waited for until somebody writes to it.
  @Test(.timeLimit(.minutes(1))) func aPipeInsteadOfAModel() throws {
    #expect(mkfifo("\(bench.root)/weights.bin", 0o644) == 0)
    #expect(
      try faults("lab.run", "{ path: weights.bin }") == """
        p.yaml:6:72: error[E151]: the model 'weights.bin' can't be used: can't read '/bench/weights.bin': it is a named pipe, not a file
            6 | t, use: lab.run, in: { image: read.image }, model: { path: weights.bin } }
              |                                                            ^~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aFolderWithoutAManifest() throws {
    #expect(
      try faults("lab.run", "{ path: in }") == """
        p.yaml:6:72: error[E151]: the model 'in' can't be used: can't open '/bench/in/MANIFEST': No such file or directory
            6 | t, use: lab.run, in: { image: read.image }, model: { path: in } }
              |                                                            ^~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func anotherDigest() throws {
    let digest = String(repeating: "0", count: 64)
    #expect(
      try faults("lab.run", "{ path: weights.safetensors, sha256: '\(digest)' }") == """
        p.yaml:6:101: error[E152]: the model 'weights.safetensors' has sha256 9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c, the spec says 0000000000000000000000000000000000000000000000000000000000000000
            6 |  read.image }, model: { path: weights.safetensors, sha256: '0000000000000000000000000000000000000000
              |                                                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aStageWithoutModels() throws {
    #expect(
      try faults("pic.mark", "vq@1.0") == """
        p.yaml:6:65: error[E153]: pic.mark opens no models; leave 'model' out
            6 |  id: net, use: pic.mark, in: { image: read.image }, model: vq@1.0 }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("pic.mark", "{ path: weights.safetensors }") == """
        p.yaml:6:73: error[E153]: pic.mark opens no models; leave 'model' out
            6 | , use: pic.mark, in: { image: read.image }, model: { path: weights.safetensors } }
              |                                                            ^~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aModelIsMissing() throws {
    #expect(
      try faults("lab.run", "") == """
        p.yaml:6:11: error[E154]: 'net' (lab.run) needs a model: 'model: name@version'
            6 |   - { id: net, use: lab.run, in: { image: read.image } }
              |           ^~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("lab.pair", "") == """
        p.yaml:6:11: error[E154]: 'net' (lab.pair) needs a model: 'model: { encoder: name@version, decoder: name@version }'
            6 |   - { id: net, use: lab.pair, in: { image: read.image } }
              |           ^~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("lab.pair", "{ encoder: vq@1.0 }") == """
        p.yaml:6:11: error[E154]: 'net' (lab.pair) needs a model: 'model: { decoder: name@version }'
            6 |   - { id: net, use: lab.pair, in: { image: read.image }, model: { encoder: vq@1.0 } }
              |           ^~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aSlotThatIsNotThere() throws {
    #expect(
      try faults("lab.pair", "{ encoder: vq@1.0, decodr: vq@2.0 }") == """
        p.yaml:6:11: error[E154]: 'net' (lab.pair) needs a model: 'model: { decoder: name@version }'
            6 |   - { id: net, use: lab.pair, in: { image: read.image }, model: { encoder: vq@1.0, decodr: vq@2.0 } 
              |           ^~~
        p.yaml:6:92: error[E155]: lab.pair has no model slot 'decodr'; it has encoder, decoder
            6 | : { image: read.image }, model: { encoder: vq@1.0, decodr: vq@2.0 } }
              |                                                            ^~~~~~
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func modelsAreFoundByNameAndByPath() throws {
    let digest = SHA256.hexDigest(of: Array("weights".utf8))
    let plan = try bench.plan(
      spec(
        "lab.pair",
        "{ encoder: vq@2.0, decoder: { path: weights.safetensors, sha256: \(digest.uppercased()) } }"
      ))
    let models = plan.stages[1].models
    #expect(models["encoder"]?.reference == "vq@2.0")
    #expect(models["encoder"]?.path == "\(bench.root)/models/vq/2.0")
    #expect(models["encoder"]?.sha256 == SHA256.hexDigest(of: Array("vq two".utf8)))
    #expect(models["decoder"]?.reference == "weights.safetensors")
    #expect(models["decoder"]?.path == "\(bench.root)/weights.safetensors")
    #expect(models["decoder"]?.sha256 == digest)
  }

  /// Folders are searched in turn, and hidden ones hold nothing.
  @Test func modelsAreFoundInEveryFolder() throws {
    try bench.file("more/vq/2.0/MANIFEST", "another two")
    try bench.file("more/vq/3.0/MANIFEST", "three")
    try bench.file("more/.new-job/config.json", "{}")
    let second = try bench.plan(spec("lab.run", "vq@2.0"))
    #expect(second.stages[1].models["weights"]?.path == "\(bench.root)/models/vq/2.0")
    let third = try bench.plan(spec("lab.run", "vq@3.0"))
    #expect(third.stages[1].models["weights"]?.path == "\(bench.root)/more/vq/3.0")
    #expect(try faults("lab.run", "sonnet@1").contains("there are vq@1.0, vq@2.0, vq@3.0\n"))
  }

  @Test func aModelWithoutASlotGoesToTheFirst() throws {
    let plan = try bench.plan(spec("lab.run", "vq@1.0"))
    #expect(plan.stages[1].models.keys.sorted() == ["weights"])
  }
}

import DurableFiles
import JobModel
import StageCatalog
import LatticeDriver
import Testing

extension ChildTests {
  @Suite(.blocking) struct StageCheckerTests {
    private let bench: DescriberBench

    init() throws { bench = try DescriberBench() }

    private func request(_ name: String) -> StageCheckRequest {
      StageCheckRequest(stages: [
        StageCheckRequest.Entry(
          name: name, pluginPath: "/p/a.stage.so", stageID: "pic.read",
          parameters: .object(["size": .int(8)]), inputs: [:])
      ])
    }

    private func failure(_ body: String) throws -> String? {
      var checker = ChildChecker(worker: try bench.worker(body))
      return #expect(throws: CheckFailure.self) { try checker.check(request("read")) }?.description
    }

    @Test func theAnswerIsWhatTheWorkerPrints() throws {
      let body = """
        cat > '\(bench.root)/request'
        echo '{"stages":[{"name":"read","outputs":{"image":{"type":"f32","shape":[-1,8,8,3]}},"faults":[]}]}'
        """
      var checker = ChildChecker(worker: try bench.worker(body))
      let answer = try checker.check(request("read"))
      #expect(
        answer.stages == [
          StageCheckResponse.Entry(
            name: "read",
            outputs: ["image": TensorSpec(type: .f32, shape: [-1, 8, 8, 3], semantic: nil)],
            faults: [])
        ])
      let asked = String(decoding: try Files.read("\(bench.root)/request"), as: UTF8.self)
      #expect(asked.contains("\"stageID\":\"pic.read\""))
    }

    @Test func theSameQuestionIsAskedOnce() throws {
      let worker = try bench.worker("echo asked >> '\(bench.root)/asked'; echo '{\"stages\":[]}'")
      var checker = ChildChecker(worker: worker)
      for name in ["read", "read", "other", "read"] { _ = try checker.check(request(name)) }
      #expect(try Files.read("\(bench.root)/asked") == Array("asked\nasked\n".utf8))
    }

    @Test func aFailureIsAskedAgain() throws {
      let worker = try bench.worker(
        "[ -e '\(bench.root)/mended' ] || exit 3; echo '{\"stages\":[]}'")
      var checker = ChildChecker(worker: worker)
      #expect(throws: CheckFailure.self) { try checker.check(request("read")) }
      try AtomicFile.write([], to: "\(bench.root)/mended")
      #expect(try checker.check(request("read")).stages.isEmpty)
    }

    @Test func aCrashNamesItsSignalAndTheLastWords() throws {
      #expect(
        try failure("echo 'index out of range' >&2; kill -TRAP $$")
          == "a stage crashed in its check: SIGTRAP; its last words: index out of range")
    }

    /// Somebody else did that, or the machine is short of memory: it says nothing about the stages.
    @Test func killedFromOutsideIsPassing() throws {
      var checker = ChildChecker(worker: try bench.worker("kill -KILL $$"))
      let fault = #expect(throws: PassingFault.self) { try checker.check(request("read")) }
      #expect(fault?.description == "the process that checked the stages was killed from outside")
    }

    @Test func anotherProcessRemembersTheAnswer() throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker("echo asked >> '\(bench.root)/asked'; echo '{\"stages\":[]}'")
      func ask() throws {
        var checker = ChildChecker(worker: worker, memoryFolder: "\(bench.root)/checks")
        _ = try checker.check(
          StageCheckRequest(stages: [
            StageCheckRequest.Entry(
              name: "read", pluginPath: plugin, stageID: "pic.read", parameters: .object([:]),
              inputs: [:])
          ]))
      }
      for _ in 0..<3 { try ask() }
      #expect(try Files.read("\(bench.root)/asked") == Array("asked\n".utf8))
      try bench.plugin("a.stage.so", "another")
      try ask()
      #expect(try Files.read("\(bench.root)/asked") == Array("asked\nasked\n".utf8))
    }

    /// A check that sleeps costs its time once.
    @Test func aHangIsRemembered() throws {
      let worker = try bench.worker("echo asked >> '\(bench.root)/asked'; sleep 600")
      for _ in 0..<2 {
        var checker = ChildChecker(
          worker: worker, memoryFolder: "\(bench.root)/checks", seconds: 1)
        let failure = #expect(throws: CheckFailure.self) { try checker.check(request("read")) }
        #expect(failure?.description == "the check of a stage took more than 1 s and was killed")
      }
      #expect(try Files.read("\(bench.root)/asked") == Array("asked\n".utf8))
    }

    @Test func noAnswerIsAFailure() throws {
      #expect(
        try failure("echo nonsense")
          == "stages could not be checked: the worker left with exit code 0 and no answer")
      #expect(
        try failure("echo 'lattice-worker: bad request' >&2; exit 3")
          == "stages could not be checked: the worker left with exit code 3 and no answer; its last words: lattice-worker: bad request"
      )
    }

    @Test func aWorkerThatIsNotThereIsNamed() {
      var checker = ChildChecker(worker: "/nonexistent/worker")
      let error = #expect(throws: FileError.self) { try checker.check(request("read")) }
      #expect(error?.description == "can't start '/nonexistent/worker': No such file or directory")
    }
  }
}

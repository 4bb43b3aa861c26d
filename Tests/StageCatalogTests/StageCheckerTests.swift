import DurableFiles
import JobModel
import StageCatalog
import Testing

extension ChildTests {
  @Suite struct StageCheckerTests {
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
      #expect(
        try failure("kill -KILL $$") == "a stage crashed in its check: SIGKILL")
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

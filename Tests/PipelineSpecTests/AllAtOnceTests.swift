import PipelineSpec
import Testing
import YAML

@Suite struct AllAtOnceTests {
  private static let spec = """
    version: 2
    name: my job
    priority: high
    hold: yes
    input:
      photos: { directory: samples }
    stages:
      - id: read
        use: image@1
        in: { file: photos }
        modle: depth@1
      - id: read
        use: image.write@one
        in: { image: raed.image }
        params: { size: 1, size: 2 }
    output: { exists: keep }
    limits: { memory: 8, time: soon }
    retry: { attempts: 0, backoff: 5m..10s }
    errors: { max_failed_items: 101% }
    seed: -1
    seeds: 2

    """

  @Test func everyFaultInTheOrderOfTheFile() {
    let reading = PipelineSpec.parse(Array(Self.spec.utf8))
    let found = reading.diagnostics.map { "\($0.code) \($0.mark?.line ?? 0) \($0.path ?? "-")" }
    #expect(
      found == [
        "E025 1 version", "E026 2 name", "E023 3 priority", "E024 4 hold",
        "E048 6 input.photos", "E021 6 input.photos.directory", "E041 9 stages[0].use",
        "E021 11 stages[0].modle", "E039 12 stages[1].id", "E042 13 stages[1].use",
        "E044 14 stages[1].in.image", "E008 15 -", "E037 16 output.exists",
        "E029 17 limits.memory", "E032 17 limits.time", "E028 18 retry.attempts",
        "E034 18 retry.backoff", "E036 19 errors.max_failed_items", "E057 20 seed", "E021 21 seeds",
      ])
    #expect(reading.hasErrors)
    #expect(!reading.isSyntaxFault)
  }

  @Test func countsThem() {
    let bytes = Array(Self.spec.utf8)
    let text = DiagnosticRenderer(file: "spec.yaml", source: bytes)
      .text(PipelineSpec.parse(bytes).diagnostics, verdict: "rejected")
    #expect(text.hasSuffix("\n20 errors, 0 warnings: rejected.\n"))
  }

  /// What an entry lacks is said, and the rest of it is checked as well.
  @Test func faultyEntriesKeepTheirPlace() {
    let spec = """
      version: 1
      name: x
      stages:
        - just text
        - { use: image.read@1, in: { file: nowhere.at } }
        - { id: a, use: image.read@1, in: { file: nowhere.at } }
      """
    let paths = PipelineSpec.parse(Array(spec.utf8)).diagnostics.map {
      "\($0.code) \($0.path ?? "")"
    }
    #expect(
      paths == [
        "E023 stages[0]", "E022 stages[1]", "E044 stages[1].in.file", "E044 stages[2].in.file",
      ])
  }
}

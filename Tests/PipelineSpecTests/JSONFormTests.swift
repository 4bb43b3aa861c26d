import PipelineSpec
import Testing

@Suite struct JSONFormTests {
  private func json(_ spec: String) throws -> String {
    let bytes = Array(spec.utf8)
    return try DiagnosticRenderer(file: "spec.yaml", source: bytes)
      .json(PipelineSpec.parse(bytes).diagnostics)
  }

  @Test func hasPathAndFix() throws {
    let spec = Fault.soundSpec + "limits: { memory: 8 }"
    #expect(
      try json(spec) == """
        [
          {
            "code" : "E029",
            "column" : 19,
            "file" : "spec.yaml",
            "fix" : "8GiB",
            "length" : 1,
            "line" : 5,
            "message" : "'limits.memory' is the bare number 8; a size needs its unit, like 8GiB",
            "notes" : [

            ],
            "path" : "limits.memory",
            "severity" : "error"
          }
        ]
        """)
  }

  @Test func hasNotes() throws {
    let spec = """
      version: 1
      name: x
      stages:
        - { id: read, use: image.read@1 }
        - { id: read, use: image.write@1 }
      """
    #expect(
      try json(spec) == """
        [
          {
            "code" : "E039",
            "column" : 11,
            "file" : "spec.yaml",
            "length" : 4,
            "line" : 5,
            "message" : "two stages are called 'read'; rename one of them",
            "notes" : [
              {
                "column" : 11,
                "line" : 4,
                "message" : "the first is here"
              }
            ],
            "path" : "stages[1].id",
            "severity" : "error"
          }
        ]
        """)
  }

  @Test func leavesOutAPlaceThatIsNotThere() throws {
    #expect(
      try json("") == """
        [
          {
            "code" : "E006",
            "file" : "spec.yaml",
            "message" : "the file is empty; a spec starts with 'version: 1'",
            "notes" : [

            ],
            "severity" : "error"
          }
        ]
        """)
  }

  @Test func isAnEmptyListWithoutFaults() throws {
    #expect(try json(Fault.soundSpec) == "[\n\n]")
  }
}

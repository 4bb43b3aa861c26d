import Checkpoints
import FoundationEssentials
import ModelFiles
import Testing

@Suite struct ModelDirectoryTests {
  private struct Configuration: Codable, Equatable {
    var width: Int
    var levels: [Int]
  }

  @Test func comesBackAsItWasWritten() throws {
    let scratch = try Scratch()
    let directory = ModelDirectory(scratch.path)
    let configuration = Configuration(width: 4, levels: [8, 5])
    let network = SmallNetwork.counted()
    try directory.write(
      kind: "fsq-tokenizer", configuration: configuration, parameters: network, weights: .bf16)
    #expect(try scratch.names() == ["config.json", "model.safetensors"])
    #expect(
      try String(
        decoding: Data(contentsOf: URL(filePath: directory.configurationPath)), as: UTF8.self)
          == """
          {
            "format" : 1,
            "kind" : "fsq-tokenizer",
            "levels" : [
              8,
              5
            ],
            "weights" : "bf16",
            "width" : 4
          }

          """)
    let kinds = ["maskgit", "fsq-tokenizer"]
    #expect(try directory.configuration(Configuration.self, kinds: kinds) == configuration)
    #expect(try directory.header(kinds: kinds).weights == .bf16)
    #expect(try directory.checkpoint().entries.map(\.name) == network.names)
  }

  static let faults: [(json: String?, sentence: String)] = [
    (nil, "can't read 'config.json': No such file or directory"),
    (
      "{",
      "'config.json' is no sound configuration: byte 1 must be a text in double quotes, not the end of the text"
    ),
    ("[]", "'config.json' is no sound configuration: byte 0 must be an object, not a list"),
    (
      #"{"format":1}"#,
      "'config.json' is no sound configuration: byte 0 must be an object with the key 'kind', not one without"
    ),
    (
      #"{"kind":"uvim-stage1","format":1}"#,
      "'config.json' is of a model of kind 'uvim-stage1'; 'a' or 'b' is needed here"
    ),
    (
      #"{"kind":"a","format":2}"#,
      "'config.json' has format 2, this program knows 1; a newer program wrote it"
    ),
    (
      #"{"kind":"a","format":1,"width":4,"levels":["x"]}"#,
      "'config.json' is no sound configuration: 'levels[0]' at byte 43 must be a whole number, not the text 'x'"
    ),
    (
      #"{"kind":"a","format":1,"width":null,"levels":[]}"#,
      "'config.json' is no sound configuration: 'width' at byte 31 must be a whole number, not null"
    ),
  ]

  @Test(arguments: faults)
  func faultsAreSentences(json: String?, sentence: String) throws {
    let scratch = try Scratch()
    let directory = ModelDirectory(scratch.path)
    if let json { try Data(json.utf8).write(to: URL(filePath: directory.configurationPath)) }
    let error = #expect(throws: ModelDirectoryError.self) {
      try directory.configuration(Configuration.self, kinds: ["a", "b"])
    }
    #expect(error?.description.replacing(scratch.path + "/", with: "") == sentence)
  }
}

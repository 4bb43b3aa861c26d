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
    ("{", "'config.json' is no sound configuration: it is no JSON"),
    (
      "[]",
      "'config.json' is no sound configuration: 'the whole' is no value of the type that it should be"
    ),
    (#"{"format":1}"#, "'config.json' is no sound configuration: the key 'kind' is missing"),
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
      "'config.json' is no sound configuration: 'levels.Index 0' is no whole number"
    ),
    (
      #"{"kind":"a","format":1,"width":null,"levels":[]}"#,
      "'config.json' is no sound configuration: 'width' is null, not a whole number"
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

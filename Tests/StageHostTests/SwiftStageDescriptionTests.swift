import FoundationEssentials
import JobModel
import StageHost
import StageSDK
import Synchronization
import Testing

/// What a Swift stage's descriptor becomes on the host's side.
@Suite(.serialized) struct SwiftStageDescriptionTests {
  @Test func module() throws {
    let module = try SwiftStages.load().describe()
    #expect(module.id == "org.lattice.test")
    #expect(module.version == "1.2.3")
    #expect(module.vendor == "Lattice")
    #expect(module.license == "Apache-2.0")
    #expect(module.stages.map(\.id) == ["test.scale", "test.total", "test.fail", "test.services"])
    #expect(module.stages.map(\.kind) == [.map, .sink, .map, .task])
    #expect(module.stages.map(\.modelSlots) == [[], [], [], ["weights"]])
    #expect(module.stages.map(\.needsSeed) == [false, false, false, true])
    #expect(module.stages.map(\.isParallel) == [true, false, false, false])
    #expect(module.stages.map(\.preferredBatch) == [4, 0, 0, 0])
  }

  @Test func ports() throws {
    let stages = try SwiftStages.load().describe().stages
    #expect(
      stages[0].outputs == [
        PortDescription(
          name: "image", semantic: "image", doc: "Scaled ones.", types: [.f32],
          dimensions: [.named("N"), .named("H"), .named("W"), .named("C")])
      ])
    #expect(
      stages[1].inputs == [
        PortDescription(name: "values", doc: "Numbers.", types: [.f32, .f64])
      ])
  }

  /// Each kind of parameter, with its JSON Schema.
  private static let schemas: [(ParameterSpec, String)] = [
    (
      .integer("p", default: 3, range: 1...9, "a \"b\"\n"),
      #"{"description":"a \"b\"\n","type":"integer","minimum":1,"maximum":9,"default":3}"#
    ),
    (
      .optionalInteger("p", range: 0...1, "a"),
      #"{"description":"a","type":"integer","minimum":0,"maximum":1}"#
    ),
    (.number("p", default: nil, "a"), #"{"description":"a","type":"number"}"#),
    (
      .optionalNumber("p", range: -0.5...0.5, "a"),
      #"{"description":"a","type":"number","minimum":-0.5,"maximum":0.5}"#
    ),
    (
      .boolean("p", default: false, "a"),
      #"{"description":"a","type":"boolean","default":false}"#
    ),
    (
      .string("p", default: "{item.stem}.png", isTemplate: true, "a"),
      #"{"description":"a","type":"string","default":"{item.stem}.png","x-lattice-template":true}"#
    ),
    (.optionalString("p", "a"), #"{"description":"a","type":"string"}"#),
    (
      .choice("p", ["x", "y"], default: "y", "a"),
      #"{"description":"a","type":"string","enum":["x","y"],"default":"y"}"#
    ),
    (
      .optionalChoice("p", ["x"], "a"), #"{"description":"a","type":"string","enum":["x"]}"#
    ),
    (
      .integers("p", default: [8, 5], each: 2...9, count: 1...4, "a"),
      #"{"description":"a","type":"array","items":{"type":"integer","minimum":2,"maximum":9},"minItems":1,"maxItems":4,"default":[8,5]}"#
    ),
    (
      .numbers("p", default: nil, each: 0...1, count: 2...2, "a"),
      #"{"description":"a","type":"array","items":{"type":"number","minimum":0,"maximum":1},"minItems":2,"maxItems":2}"#
    ),
    (
      .strings("p", default: ["ä", "\u{1}"], count: 0...3, "a"),
      #"{"description":"a","type":"array","items":{"type":"string"},"minItems":0,"maxItems":3,"default":["ä","\u0001"]}"#
    ),
  ]

  @Test(arguments: schemas.indices)
  func parameterSchema(index: Int) throws {
    let (parameter, property) = Self.schemas[index]
    OneParameterStage.parameter.withLock { $0 = parameter }
    let library = try StageLibrary.greet(
      { hostMinor, why in
        StageModule.export(
          id: "org.lattice.one", version: "1.0.0", vendor: "", license: "MIT",
          stages: [OneParameterStage.self], hostMinor: hostMinor, why: why)
      }, at: "one")
    let schema = try #require(try library.describe().stages.first?.parameterSchema)
    let required = parameter.isRequired ? #"["p"]"# : "[]"
    let expected = """
      {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",\
      "additionalProperties":false,"properties":{"p":\(property)},"required":\(required)}
      """
    #expect(schema == (try JSONValue(parsing: Data(expected.utf8))))
  }
}

/// A stage with the parameter that is being looked at.
private final class OneParameterStage: Stage {
  struct Parameters: Decodable {}

  static let parameter = Mutex<ParameterSpec>(.boolean("p", default: nil, ""))

  static var descriptor: StageDescriptor {
    StageDescriptor(
      id: "test.one", version: "1.0.0", summary: "", kind: .map,
      parameters: [parameter.withLock { $0 }])
  }

  init(parameters: Parameters, context: StageContext) throws {}
}

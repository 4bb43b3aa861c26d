import Foundation
import JobModel
import ParameterSchemas
import Testing

/// What a stage gets: defaults, and values in the form that its schema asks for.
@Suite struct CompletingTests {
  private func complete(_ schema: String, _ value: String) throws -> String {
    try ParameterSchema(JSONValue(parsing: Data(schema.utf8)))
      .complete(JSONValue(parsing: Data(value.utf8))).canonicalText
  }

  @Test func defaultsAreFilledInAlongPropertiesAndItems() throws {
    let schema = """
      {"properties":{"a":{"default":1},"b":{"properties":{"c":{"default":[2]}}},
      "d":{"default":{},"properties":{"e":{"default":3}}},
      "f":{"prefixItems":[{"properties":{"g":{"default":4}}}],"items":{"properties":{"h":{"default":5}}}},
      "i":{}}}
      """
    #expect(try complete(schema, "{}") == #"{"a":1,"d":{"e":3}}"#)
    #expect(
      try complete(schema, #"{"a":7,"b":{},"f":[{},{},{"h":9}],"x":0}"#)
        == #"{"a":7,"b":{"c":[2]},"d":{"e":3},"f":[{"g":4},{"h":5},{"h":9}],"x":0}"#)
  }

  @Test func namesAreTexts() throws {
    let schema =
      #"{"properties":{"a":{"type":["string","integer"]},"b":{"items":{"type":["integer","string"]}}}}"#
    #expect(try complete(schema, #"{"a":7,"b":["x",8]}"#) == #"{"a":"7","b":["x","8"]}"#)
  }

  @Test func integersHaveNoFraction() throws {
    let schema = #"{"properties":{"a":{"type":"integer"},"b":{"type":"number"}}}"#
    let whole = try ParameterSchema(JSONValue(parsing: Data(schema.utf8)))
    let values = JSONValue.object(["a": .double(2), "b": .double(2)])
    #expect(whole.complete(values) == .object(["a": .int(2), "b": .double(2)]))
    let odd = JSONValue.object(["a": .double(2.5)])
    #expect(whole.complete(odd) == odd)
  }

  /// JSON has no such numbers, YAML does.
  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func numbersAreFinite(_ number: Double) throws {
    for text in [#"{"type":"number"}"#, #"{"minimum":1}"#, "{}", #"{"multipleOf":1}"#] {
      let schema = try ParameterSchema(
        JSONValue(parsing: Data(#"{"properties":{"a":\#(text)}}"#.utf8)))
      #expect(!schema.faults(in: .object(["a": .double(number)])).isEmpty, "\(text)")
    }
  }
}

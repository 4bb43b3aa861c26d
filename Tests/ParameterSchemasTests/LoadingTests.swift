import Foundation
import JobModel
import ParameterSchemas
import Testing

/// What is no schema that can be checked is refused, with the place and the keyword.
@Suite struct LoadingTests {
  private func fault(_ text: String) throws -> String? {
    let json = try JSONValue(parsing: Data(text.utf8))
    do throws(SchemaError) {
      _ = try ParameterSchema(json)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    "pattern", "format", "$ref", "$defs", "$id", "$anchor", "$dynamicRef", "$vocabulary",
    "patternProperties", "unevaluatedProperties", "unevaluatedItems", "contentEncoding",
    "additionalItems", "definitions", "dependencies", "readOnly", "minumum", "x-lattice-pth",
  ])
  func otherKeywordsAreRefused(keyword: String) throws {
    #expect(
      try fault(#"{"properties":{"a/b~c":{"\#(keyword)":"x"}}}"#)
        == "is wrong at '/properties/a~1b~0c/\(keyword)': the keyword '\(keyword)' is not supported; lattice_stage.h lists those that are"
    )
  }

  /// Wherever a schema may stand.
  @Test(arguments: [
    (#"{"items":{"format":"x"}}"#, "/items/format"),
    (#"{"prefixItems":[true,{"format":"x"}]}"#, "/prefixItems/1/format"),
    (#"{"contains":{"format":"x"}}"#, "/contains/format"),
    (#"{"additionalProperties":{"format":"x"}}"#, "/additionalProperties/format"),
    (#"{"propertyNames":{"format":"x"}}"#, "/propertyNames/format"),
    (#"{"dependentSchemas":{"a":{"format":"x"}}}"#, "/dependentSchemas/a/format"),
    (#"{"allOf":[{"format":"x"}]}"#, "/allOf/0/format"),
    (#"{"anyOf":[{"format":"x"}]}"#, "/anyOf/0/format"),
    (#"{"oneOf":[{"format":"x"}]}"#, "/oneOf/0/format"),
    (#"{"not":{"format":"x"}}"#, "/not/format"),
    (#"{"if":{"format":"x"}}"#, "/if/format"),
    (#"{"then":{"format":"x"}}"#, "/then/format"),
    (#"{"else":{"format":"x"}}"#, "/else/format"),
  ])
  func deepInside(schema: String, place: String) throws {
    #expect(
      try fault(schema)
        == "is wrong at '\(place)': the keyword 'format' is not supported; lattice_stage.h lists those that are"
    )
  }

  @Test(arguments: [
    (
      #"{"type":"int"}"#,
      "'/type': 'type' must be one of null, boolean, integer, number, string, array, object, or a list of them"
    ),
    (
      #"{"type":[]}"#,
      "'/type': 'type' must be one of null, boolean, integer, number, string, array, object, or a list of them"
    ),
    (#"{"type":["string","string"]}"#, "'/type': 'type' must be a list of texts, each once"),
    (#"{"type":"array"}"#, "'/type': the parameters of a stage are an object"),
    (#"{"enum":[]}"#, "'/enum': 'enum' must be a list with at least one value"),
    (#"{"minimum":"1"}"#, "'/minimum': 'minimum' must be a number"),
    (#"{"multipleOf":0}"#, "'/multipleOf': 'multipleOf' must be above 0"),
    (#"{"multipleOf":-2}"#, "'/multipleOf': 'multipleOf' must be above 0"),
    (#"{"minLength":-1}"#, "'/minLength': 'minLength' must be a whole number of at least 0"),
    (#"{"maxItems":1.5}"#, "'/maxItems': 'maxItems' must be a whole number of at least 0"),
    (#"{"uniqueItems":"yes"}"#, "'/uniqueItems': 'uniqueItems' must be true or false"),
    (#"{"required":"a"}"#, "'/required': 'required' must be a list of texts, each once"),
    (#"{"required":["a","a"]}"#, "'/required': 'required' must be a list of texts, each once"),
    (#"{"properties":[]}"#, "'/properties': 'properties' must be an object"),
    (#"{"properties":{"a":1}}"#, "'/properties/a': a schema is an object, true or false"),
    (#"{"items":[{}]}"#, "'/items': a schema is an object, true or false"),
    (#"{"anyOf":[]}"#, "'/anyOf': 'anyOf' must be a list with at least one schema"),
    (#"{"anyOf":{}}"#, "'/anyOf': 'anyOf' must be a list"),
    (#"{"description":1}"#, "'/description': 'description' must be a text"),
    (#"{"examples":1}"#, "'/examples': 'examples' must be a list"),
    (#"{"deprecated":1}"#, "'/deprecated': 'deprecated' must be true or false"),
    (
      #"{"$schema":"http://json-schema.org/draft-07/schema#"}"#,
      "'/$schema': '$schema' must be 'https://json-schema.org/draft/2020-12/schema'"
    ),
    (
      #"{"properties":{"a":{"type":"integer","x-lattice-path":true}}}"#,
      "'/properties/a/x-lattice-path': 'x-lattice-path' belongs to a parameter of type string among the root's properties"
    ),
    (
      #"{"properties":{"a":{"items":{"type":"string","x-lattice-template":true}}}}"#,
      "'/properties/a/items/x-lattice-template': 'x-lattice-template' belongs to a parameter of type string among the root's properties"
    ),
    (
      #"{"properties":{"a":{"type":"string","x-lattice-path":1}}}"#,
      "'/properties/a/x-lattice-path': 'x-lattice-path' must be true or false"
    ),
    (
      #"{"properties":{"a":{"type":"string","x-lattice-may-be-empty":true}}}"#,
      "'/properties/a/x-lattice-may-be-empty': 'x-lattice-may-be-empty' says something of a name with 'x-lattice-template' only"
    ),
    ("[]", "'/': a schema is an object, true or false"), ("true", "'/': the root is an object"),
  ])
  func keywordsHaveTheirForms(schema: String, sentence: String) throws {
    #expect(try fault(schema) == "is wrong at \(sentence)")
  }

  @Test func whatIsDeepOrLargeIsRefused() throws {
    let deep =
      String(repeating: #"{"not":"#, count: 40) + "true" + String(repeating: "}", count: 40)
    #expect(try fault(deep)?.hasSuffix("': it is nested more than 32 deep") == true)
    let names = (0..<6000).map { #""p\#($0)":{"type":"string"}"# }.joined(separator: ",")
    #expect(
      try fault(#"{"properties":{\#(names)}}"#) == "is wrong at '/': it has more than 10000 values")
  }

  @Test(arguments: [
    "{}", #"{"$schema":"https://json-schema.org/draft/2020-12/schema"}"#,
    #"{"type":["object","null"]}"#,
    #"{"properties":{"a":{"type":"string","x-lattice-template":true,"x-lattice-may-be-empty":true}}}"#,
  ])
  func goodOnesAreTaken(schema: String) throws { #expect(try fault(schema) == nil) }

  /// The header lists what is checked, and nothing else.
  @Test func theHeaderListsTheKeywords() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let header = try String(
      contentsOf: root.appending(path: "Sources/CStageABI/include/lattice_stage.h"),
      encoding: .utf8)
    let start = try #require(header.range(of: "// Keywords that are checked:"))
    let end = try #require(header.range(of: "// Keywords that are not in this list"))
    let words = header[start.upperBound..<end.lowerBound].split(separator: "\n").compactMap {
      line -> [Substring]? in
      guard line.hasPrefix("//      ") else { return nil }
      // An explanation follows the name after two blanks.
      let text = line.dropFirst(8)
      return text.hasPrefix("x-")
        ? [text.prefix { $0 != " " }]
        : text.hasPrefix(" ") ? [] : text.split(separator: " ")
    }
    let names = words.flatMap { $0 }.map(String.init)
    #expect(Set(names) == Set(SchemaKeyword.allCases.map(\.rawValue)))
    #expect(names.count == SchemaKeyword.allCases.count)
  }
}

import Foundation
import JobModel
import ParameterSchemas
import Testing

/// Each keyword means what JSON Schema 2020-12 says (core and validation specifications, sections in brackets).
@Suite struct KeywordTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var schema: String
    var fits: [String]
    var fails: [String]
    var testDescription: String { schema }

    init(_ schema: String, fits: [String], fails: [String] = []) {
      self.schema = schema
      self.fits = fits
      self.fails = fails
    }
  }

  static let any: [Row] = [
    // [6.1.1] An integer is a number without a fraction, however it is written.
    Row(#"{"type":"integer"}"#, fits: ["1", "-3", "2.0", "1e3"], fails: ["2.5", #""2""#, "true"]),
    Row(#"{"type":"number"}"#, fits: ["1", "2.5"], fails: [#""1""#, "null", "false"]),
    Row(#"{"type":"string"}"#, fits: [#""""#], fails: ["1", "[]"]),
    Row(#"{"type":"boolean"}"#, fits: ["true", "false"], fails: ["0", #""true""#]),
    Row(#"{"type":"null"}"#, fits: ["null"], fails: ["0", #""""#, "false"]),
    Row(#"{"type":"array"}"#, fits: ["[]", "[1]"], fails: ["{}", "1"]),
    Row(#"{"type":"object"}"#, fits: ["{}"], fails: ["[]"]),
    Row(#"{"type":["string","null"]}"#, fits: [#""a""#, "null"], fails: ["1"]),
    // [6.1.2, 6.1.3] Equality is that of JSON: 1 is 1.0, and keys have no order.
    Row(
      #"{"enum":[1,"a",null,{"b":[2.0],"c":3}]}"#,
      fits: ["1", "1.0", #""a""#, "null", #"{"c":3.0,"b":[2]}"#],
      fails: ["2", #""b""#, "false", "[1]"]),
    Row(#"{"const":0}"#, fits: ["0", "0.0", "-0.0"], fails: ["false", "1", "null"]),
    Row("true", fits: ["1", "null"]), Row("{}", fits: ["1", "null", "[]"]),
    Row("false", fits: [], fails: ["1", "null"]),
  ]

  static let numbers: [Row] = [
    // [6.2] Bounds say nothing of what is no number.
    Row(#"{"minimum":2}"#, fits: ["2", "2.0", "3.5", #""1""#, "null"], fails: ["1", "1.999"]),
    Row(#"{"maximum":2}"#, fits: ["2", "-7", "[]"], fails: ["2.0001", "3"]),
    Row(#"{"exclusiveMinimum":0}"#, fits: ["0.001", "1"], fails: ["0", "0.0", "-1"]),
    Row(#"{"exclusiveMaximum":1}"#, fits: ["0.999"], fails: ["1", "1.0", "2"]),
    // Beyond 2^53, where doubles have gaps.
    Row(
      #"{"minimum":9007199254740993}"#, fits: ["9007199254740993", "9007199254740994.0"],
      fails: ["9007199254740992", "9007199254740992.0"]),
    Row(#"{"maximum":1e300}"#, fits: ["9223372036854775807", "1e299"], fails: ["1e301"]),
    Row(#"{"minimum":-1e300}"#, fits: ["-9223372036854775808"], fails: ["-1e301"]),
    Row(#"{"multipleOf":4}"#, fits: ["0", "8", "-12", "8.0", #""5""#], fails: ["6", "2", "4.5"]),
    Row(#"{"multipleOf":0.1}"#, fits: ["0.3", "0.7", "1", "1.1"], fails: ["0.35", "1.05"]),
    Row(#"{"multipleOf":0.01}"#, fits: ["4.35", "0.07", "1e20"], fails: ["0.075"]),
    Row(#"{"multipleOf":1e-300}"#, fits: ["5", "0"], fails: ["1e-301"]),
    Row(#"{"multipleOf":1e300}"#, fits: ["0", "3e300"], fails: ["5", "1e299"]),
    Row(
      #"{"multipleOf":9223372036854775807}"#, fits: ["9223372036854775807", "0"],
      fails: ["9223372036854775806"]),
  ]

  static let texts: [Row] = [
    // [6.3] Length is in Unicode code points.
    Row(#"{"minLength":2}"#, fits: [#""ab""#, #""e\u0301""#, "1"], fails: [#""a""#, #""é""#]),
    Row(#"{"maxLength":2}"#, fits: [#""""#, #""😀😀""#, "[1,2,3]"], fails: [#""abc""#]),
    Row(#"{"minLength":1.0}"#, fits: [#""a""#], fails: [#""""#]),
  ]

  static let lists: [Row] = [
    // [6.4, core 10.3.1]
    Row(#"{"items":{"type":"integer"}}"#, fits: ["[]", "[1,2]", #""a""#], fails: ["[1,2.5]"]),
    Row(
      #"{"prefixItems":[{"type":"string"},{"type":"integer"}]}"#,
      fits: [#"["a",1]"#, #"["a"]"#, "[]", #"["a",1,null]"#], fails: ["[1]", #"["a","b"]"#]),
    Row(
      #"{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}"#,
      fits: [#"["a",1,2]"#], fails: [#"["a","b"]"#, "[1]"]),
    Row(#"{"prefixItems":[true],"items":false}"#, fits: ["[]", "[1]"], fails: ["[1,2]"]),
    Row(#"{"minItems":1,"maxItems":2}"#, fits: ["[1]", "[1,2]", "{}"], fails: ["[]", "[1,2,3]"]),
    Row(
      #"{"uniqueItems":true}"#, fits: ["[]", "[1,2]", "[1,true]", #"[{"a":1},{"a":2}]"#],
      fails: ["[1,1.0]", #"[{"a":1,"b":2},{"b":2,"a":1}]"#, "[null,null]"]),
    Row(#"{"uniqueItems":false}"#, fits: ["[1,1]"]),
    Row(#"{"contains":{"const":1}}"#, fits: ["[2,1]", #""a""#], fails: ["[]", "[2]"]),
    Row(
      #"{"contains":{"const":1},"minContains":2,"maxContains":3}"#,
      fits: ["[1,1]", "[1,2,1,1]"], fails: ["[1]", "[1,1,1,1]"]),
    Row(#"{"contains":{"const":1},"minContains":0}"#, fits: ["[]", "[2]"]),
    // [6.4.4, 6.4.5] Without contains they say nothing.
    Row(#"{"minContains":2,"maxContains":0}"#, fits: ["[]", "[1]"]),
  ]

  static let objects: [Row] = [
    // [6.5, core 10.3.2]
    Row(
      #"{"properties":{"a":{"type":"integer"}}}"#, fits: ["{}", #"{"a":1,"b":"x"}"#, "[1]"],
      fails: [#"{"a":"x"}"#]),
    Row(
      #"{"required":["a","b"]}"#, fits: [#"{"a":null,"b":1}"#, "3"], fails: [#"{"a":1}"#, "{}"]),
    Row(
      #"{"properties":{"a":true},"additionalProperties":false}"#, fits: [#"{"a":1}"#, "{}"],
      fails: [#"{"b":1}"#]),
    Row(
      #"{"properties":{"a":true},"additionalProperties":{"type":"string"}}"#,
      fits: [#"{"a":1,"b":"x"}"#], fails: [#"{"b":1}"#]),
    Row(#"{"properties":{"a":false}}"#, fits: ["{}", #"{"b":1}"#], fails: [#"{"a":1}"#]),
    Row(#"{"propertyNames":{"maxLength":2}}"#, fits: [#"{"ab":1}"#], fails: [#"{"abc":1}"#]),
    Row(
      #"{"minProperties":1,"maxProperties":1}"#, fits: [#"{"a":1}"#],
      fails: ["{}", #"{"a":1,"b":2}"#]),
    Row(
      #"{"dependentRequired":{"a":["b"]}}"#, fits: ["{}", #"{"b":1}"#, #"{"a":1,"b":2}"#],
      fails: [#"{"a":1}"#]),
    Row(
      #"{"dependentSchemas":{"a":{"properties":{"b":{"type":"integer"}}}}}"#,
      fits: [#"{"b":"x"}"#, #"{"a":1,"b":2}"#], fails: [#"{"a":1,"b":"x"}"#]),
  ]

  static let forms: [Row] = [
    // [core 10.2]
    Row(#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, fits: ["2", #""a""#], fails: ["0", "4"]),
    Row(
      #"{"anyOf":[{"type":"integer"},{"const":"auto"}]}"#, fits: ["3", #""auto""#],
      fails: [#""manual""#, "2.5"]),
    Row(#"{"oneOf":[{"multipleOf":2},{"multipleOf":3}]}"#, fits: ["2", "9"], fails: ["6", "5"]),
    Row(#"{"not":{"type":"string"}}"#, fits: ["1", "null"], fails: [#""a""#]),
    Row(
      #"{"if":{"type":"integer"},"then":{"minimum":5},"else":{"maxLength":1}}"#,
      fits: ["5", #""a""#, "null"], fails: ["4", #""ab""#]),
    Row(#"{"then":false,"else":false}"#, fits: ["1"]),
    Row(#"{"if":false,"then":false}"#, fits: ["1"]),
    Row(
      #"{"anyOf":[{"not":{"anyOf":[{"type":"null"}]}},{"const":null}]}"#, fits: ["1", "null"]),
  ]

  /// What only describes.
  static let descriptions: [Row] = [
    Row(
      """
      {"title":"t","description":"d","default":"x","examples":[1],"deprecated":true,"$comment":"c",\
      "x-mine":{"anything":1}}
      """, fits: ["1", "null", #""x""#])
  ]

  @Test(arguments: any + numbers + texts + lists + objects + forms + descriptions)
  func means(_ row: Row) throws {
    let schema = try ParameterSchema(
      JSONValue(parsing: Data(#"{"properties":{"value":\#(row.schema)}}"#.utf8)))
    for (texts, isGood) in [(row.fits, true), (row.fails, false)] {
      for text in texts {
        let value = try JSONValue(parsing: Data(#"{"value":\#(text)}"#.utf8))
        #expect(schema.faults(in: value).isEmpty == isGood, "\(text) under \(row.schema)")
      }
    }
  }

  /// Every keyword stands in a row.
  @Test func allAreTried() {
    let rows = Self.any + Self.numbers + Self.texts + Self.lists + Self.objects + Self.forms
    let text = (rows + Self.descriptions).map(\.schema).joined()
    let elsewhere: Set<SchemaKeyword> = [
      .schema, .template, .mayBeEmpty, .path, .besideItems,
    ]
    for keyword in SchemaKeyword.allCases where !elsewhere.contains(keyword) {
      #expect(text.contains("\"\(keyword.rawValue)\":"), "\(keyword.rawValue)")
    }
  }
}

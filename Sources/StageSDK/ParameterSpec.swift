/// A parameter of a stage: its name, type, range, default and documentation.
public struct ParameterSpec: Sendable {
  /// Its name in a spec.
  public let name: String
  /// True when a spec must give it.
  public let isRequired: Bool
  /// Members of its JSON Schema, each as name and JSON text.
  let schema: [(name: String, json: String)]

  private init(
    _ name: String, type: String, doc: String, value: String?, isRequired: Bool,
    _ more: [(name: String, json: String)?] = []
  ) {
    self.init(
      name, typeJSON: JSONText.string(type), doc: doc, value: value, isRequired: isRequired, more)
  }

  private init(
    _ name: String, typeJSON: String, doc: String, value: String?, isRequired: Bool,
    _ more: [(name: String, json: String)?] = []
  ) {
    self.name = name
    self.isRequired = isRequired
    var schema = [("description", JSONText.string(doc)), ("type", typeJSON)]
    schema += more.compactMap { $0 }
    if let value { schema.append(("default", value)) }
    self.schema = schema.map { (name: $0.0, json: $0.1) }
  }

  /// A whole number; without a default it must be given.
  public static func integer(
    _ name: String, default value: Int?, range: ClosedRange<Int>? = nil, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "integer", doc: doc, value: value.map { String($0) }, isRequired: value == nil,
      range.map { [("minimum", "\($0.lowerBound)"), ("maximum", "\($0.upperBound)")] } ?? [])
  }

  /// A whole number that may be left out.
  public static func optionalInteger(
    _ name: String, range: ClosedRange<Int>? = nil, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "integer", doc: doc, value: nil, isRequired: false,
      range.map { [("minimum", "\($0.lowerBound)"), ("maximum", "\($0.upperBound)")] } ?? [])
  }

  /// A number; without a default it must be given.
  public static func number(
    _ name: String, default value: Double?, range: ClosedRange<Double>? = nil, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "number", doc: doc, value: value.map { "\($0)" }, isRequired: value == nil,
      range.map { [("minimum", "\($0.lowerBound)"), ("maximum", "\($0.upperBound)")] } ?? [])
  }

  /// A number that may be left out.
  public static func optionalNumber(
    _ name: String, range: ClosedRange<Double>? = nil, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "number", doc: doc, value: nil, isRequired: false,
      range.map { [("minimum", "\($0.lowerBound)"), ("maximum", "\($0.upperBound)")] } ?? [])
  }

  /// True or false; without a default it must be given.
  public static func boolean(
    _ name: String, default value: Bool?, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "boolean", doc: doc, value: value.map { "\($0)" }, isRequired: value == nil)
  }

  /// A text; without a default it must be given.
  ///
  /// - Parameters:
  ///   - name: Its key in `params`.
  ///   - value: The default.
  ///   - isTemplate: Whether it names a file and may hold {item.…} and {job.…}.
  ///   - mayBeEmpty: Whether an empty template says that there is no file; else it is a fault.
  ///   - doc: What it means.
  /// - Returns: The parameter.
  public static func string(
    _ name: String, default value: String?, isTemplate: Bool = false, mayBeEmpty: Bool = false,
    _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: value.map(JSONText.string), isRequired: value == nil,
      [
        isTemplate ? ("x-lattice-template", "true") : nil,
        mayBeEmpty ? ("x-lattice-may-be-empty", "true") : nil,
      ])
  }

  /// A text that may be left out.
  public static func optionalString(
    _ name: String, isTemplate: Bool = false, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: nil, isRequired: false,
      [isTemplate ? ("x-lattice-template", "true") : nil])
  }

  /// A file or folder that is read; the stage gets its absolute path.
  public static func path(_ name: String, _ doc: String) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: nil, isRequired: true, [("x-lattice-path", "true")])
  }

  /// A file or folder that is read and may be left out; the stage gets its absolute path, or nothing.
  public static func optionalPath(_ name: String, _ doc: String) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: nil, isRequired: false, [("x-lattice-path", "true")])
  }

  /// A file or folder that is read and whose relative path is seen from each item's own folder.
  ///
  /// Before a run the stage's `outputs` is also asked with its absolute path, for some of the items' folders: it may
  /// read it then and say what is wrong.
  public static func pathBesideItems(
    _ name: String, default value: String, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: JSONText.string(value), isRequired: false,
      [("x-lattice-beside-items", "true")])
  }

  /// One of some words; without a default it must be given.
  public static func choice(
    _ name: String, _ choices: [String], default value: String?, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: value.map(JSONText.string), isRequired: value == nil,
      [("enum", JSONText.array(choices.map(JSONText.string)))])
  }

  /// One of some words, which may be left out.
  public static func optionalChoice(
    _ name: String, _ choices: [String], _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "string", doc: doc, value: nil, isRequired: false,
      [("enum", JSONText.array(choices.map(JSONText.string)))])
  }

  /// A list of whole numbers; without a default it must be given.
  public static func integers(
    _ name: String, default value: [Int]?, each: ClosedRange<Int>, count: ClosedRange<Int>,
    _ doc: String
  ) -> ParameterSpec {
    let item = #"{"type":"integer","minimum":\#(each.lowerBound),"maximum":\#(each.upperBound)}"#
    return list(name, value.map { $0.map { String($0) } }, item: item, count: count, doc)
  }

  /// A list of numbers; without a default it must be given.
  public static func numbers(
    _ name: String, default value: [Double]?, each: ClosedRange<Double>, count: ClosedRange<Int>,
    _ doc: String
  ) -> ParameterSpec {
    let item = #"{"type":"number","minimum":\#(each.lowerBound),"maximum":\#(each.upperBound)}"#
    return list(name, value.map { $0.map { "\($0)" } }, item: item, count: count, doc)
  }

  /// A list of texts; without a default it must be given.
  public static func strings(
    _ name: String, default value: [String]?, count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    list(
      name, value.map { $0.map(JSONText.string) }, item: #"{"type":"string"}"#, count: count, doc)
  }

  /// The JSON Schema's type of a name or number.
  private static let nameType = #"["string","integer"]"#

  /// A name or whole number, which the stage gets as a text; without a default it must be given.
  public static func name(_ name: String, default value: String?, _ doc: String) -> ParameterSpec {
    ParameterSpec(
      name, typeJSON: nameType, doc: doc, value: value.map(JSONText.string),
      isRequired: value == nil)
  }

  /// A list of names or whole numbers, which the stage gets as texts; without a default it must be given.
  public static func names(
    _ name: String, default value: [String]?, count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    list(
      name, value.map { $0.map(JSONText.string) }, item: #"{"type":\#(nameType)}"#, count: count,
      doc)
  }

  /// A list of whole numbers that may be left out.
  public static func optionalIntegers(
    _ name: String, each: ClosedRange<Int>, count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    let item = #"{"type":"integer","minimum":\#(each.lowerBound),"maximum":\#(each.upperBound)}"#
    return list(name, nil, isRequired: false, item: item, count: count, doc)
  }

  /// A list of numbers that may be left out.
  public static func optionalNumbers(
    _ name: String, each: ClosedRange<Double>, count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    let item = #"{"type":"number","minimum":\#(each.lowerBound),"maximum":\#(each.upperBound)}"#
    return list(name, nil, isRequired: false, item: item, count: count, doc)
  }

  /// A list of texts that may be left out.
  public static func optionalStrings(
    _ name: String, count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    list(name, nil, isRequired: false, item: #"{"type":"string"}"#, count: count, doc)
  }

  private static func list(
    _ name: String, _ value: [String]?, isRequired: Bool? = nil, item: String,
    count: ClosedRange<Int>, _ doc: String
  ) -> ParameterSpec {
    ParameterSpec(
      name, type: "array", doc: doc, value: value.map(JSONText.array),
      isRequired: isRequired ?? (value == nil),
      [
        ("items", item), ("minItems", "\(count.lowerBound)"), ("maxItems", "\(count.upperBound)"),
      ])
  }
}

/// Pieces of JSON text.
enum JSONText {
  static func string(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case let scalar where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

  static func object(_ members: [(name: String, json: String)]) -> String {
    "{\(members.map { "\(string($0.name)):\($0.json)" }.joined(separator: ","))}"
  }

  /// The JSON Schema of a stage's parameters.
  static func schema(of parameters: [ParameterSpec]) -> String {
    let required = parameters.filter(\.isRequired).map { string($0.name) }
    return object([
      ("$schema", string("https://json-schema.org/draft/2020-12/schema")),
      ("type", string("object")), ("additionalProperties", "false"),
      ("properties", object(parameters.map { ($0.name, object($0.schema)) })),
      ("required", array(required)),
    ])
  }
}

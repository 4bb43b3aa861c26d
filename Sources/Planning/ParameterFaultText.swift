import FileNames
import JobModel
import ParameterSchemas
import PipelineSpec

/// A fault of a parameter in words.
struct ParameterFaultText {
  private let fault: SchemaFault
  private let stage: StageDescription
  private let use: String
  private let isQuoted: Bool

  /// - Parameters:
  ///   - fault: What is wrong.
  ///   - stage: The stage whose parameter it is.
  ///   - use: The stage's name in the pipeline.
  ///   - isQuoted: Whether the value would do without the quotes around it.
  init(_ fault: SchemaFault, of stage: StageDescription, as use: String, isQuoted: Bool) {
    self.fault = fault
    self.stage = stage
    self.use = use
    self.isQuoted = isQuoted
  }

  var code: String {
    switch fault.kind {
    case .unknown, .name: "E120"
    case .type: "E121"
    case .range, .notFinite, .multiple, .length: "E122"
    case .choice: "E123"
    case .missing: "E124"
    case .entries, .twice, .matches, .members: "E125"
    case .noForm, .severalForms, .forbidden: "E119"
    }
  }

  /// The word that was probably meant.
  var fix: String? {
    switch fault.kind {
    case .unknown(let known): Suggestion.nearest(to: key, among: known)
    case .choice(let choices):
      Suggestion.nearest(
        to: fault.value.stringValue ?? "", among: choices.compactMap(\.stringValue))
    default: nil
    }
  }

  var message: String {
    let subject =
      fault.path.isEmpty ? "what \(stage.id) gets" : "'\(fault.name.shown)' of \(stage.id)"
    let value = Self.text(fault.value)
    switch fault.kind {
    case .unknown(let known): return unknown(known)
    case .name: return "'\(key)' is no name that \(around) may have"
    case .missing(let other): return missing(because: other)
    case .type(let types):
      return "\(subject) must be \(Self.names(types)), not \(value)\(quotes): \(doc)"
    case .choice:
      let meant = fix.map { "; did you mean '\($0)'?" } ?? ""
      return "\(subject) is \(value); it \(demand)\(meant)"
    case .length(let count, _):
      return "\(subject) has \(Self.number(count, "character", "characters")); it \(demand)"
    case .entries(let count, _):
      return "\(subject) has \(Self.number(count, "entry", "entries")); it \(demand)"
    case .members(let count, _):
      return "\(subject) has \(Self.number(count, "key", "keys")); it \(demand)"
    case .matches(let count, _):
      return
        "\(subject) has \(Self.number(count, "entry", "entries")) of the kind it needs; it \(demand)"
    case .twice(let entry): return "\(subject) has \(Self.text(entry)) twice; it \(demand)"
    case .noForm(let reasons):
      let demands = reasons.map(Self.placedDemand).joined(separator: ", or it ")
      return "\(subject) is \(value); it \(demands)"
    case .severalForms(let count):
      return "\(subject) is \(value), which fits \(count) of its forms; it must fit one"
    case .forbidden: return "\(subject) may not be \(value): \(doc)"
    case .range, .notFinite, .multiple: return "\(subject) is \(value); it \(demand)"
    }
  }

  /// As it was written, with characters that can't be seen written out.
  private var key: String {
    if case .key(let key)? = fault.path.last { key.shown } else { "" }
  }

  private var quotes: String {
    isQuoted ? " in quotes, which make it a text; take them away" : ""
  }

  /// What holds the key that the fault is about.
  private var around: String {
    fault.path.count > 1
      ? "'\(SchemaFault.name(of: fault.path.dropLast()).shown)' of \(stage.id)"
      : stage.id
  }

  private var doc: String { fault.doc ?? "see 'lattice plugin inspect \(stage.id)'" }

  private func unknown(_ known: [String]) -> String {
    let advice =
      fix.map { "; did you mean '\($0)'?" }
      ?? (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
    let what = fault.path.count > 1 ? "key" : "parameter"
    return "\(around) has no \(what) '\(key)'\(advice)"
  }

  private func missing(because other: String?) -> String {
    if fault.path.count > 1 {
      return "\(around) needs '\(key)'\(other.map { " beside '\($0)'" } ?? ""): \(doc)"
    }
    let reason = other.map { " when '\($0)' is given" } ?? ""
    return "'\(use)' (\(stage.id)) needs the parameter '\(key)'\(reason): \(doc)"
  }

  private var demand: String { Self.demand(fault) }

  /// What a value must be, as the end of a sentence.
  private static func demand(_ fault: SchemaFault) -> String {
    switch fault.kind {
    case .type(let types): "must be \(names(types))"
    case .choice(let choices): "must be \(choices.map(word).joined(separator: ", "))"
    case .range(let bounds):
      "must be \(bounds.map(bound).joined(separator: " and "))"
    case .notFinite: "must be finite"
    case .multiple(let unit): "must be a multiple of \(text(unit))"
    case .length(_, let count): "must have \(range(count)) characters"
    case .entries(_, let count), .matches(_, let count), .members(_, let count):
      "must have \(range(count))"
    case .twice: "must have each entry once"
    case .unknown: "may not have '\(fault.name.shown)'"
    case .missing: "must have '\(fault.name.shown)'"
    case .name: "may not have '\(fault.name.shown)'"
    case .noForm(let reasons): reasons.map(placedDemand).joined(separator: ", or it ")
    case .severalForms: "must fit one of its forms"
    case .forbidden: "may not be \(text(fault.value))"
    }
  }

  /// The same of a value that may lie inside the one that is spoken of.
  private static func placedDemand(_ fault: SchemaFault) -> String {
    switch fault.kind {
    case .unknown, .missing, .name: demand(fault)
    default:
      fault.path.isEmpty ? demand(fault) : "needs a '\(fault.name.shown)' that \(demand(fault))"
    }
  }

  private static func range(_ count: SchemaFault.Count) -> String {
    guard let most = count.most else { return "at least \(count.least)" }
    if most == count.least { return "\(most)" }
    return count.least == 0 ? "at most \(most)" : "\(count.least) to \(most)"
  }

  private static func bound(_ bound: NumberRules.Bound) -> String {
    switch bound {
    case .atLeast(let limit): "at least \(plain(limit))"
    case .atMost(let limit): "at most \(plain(limit))"
    case .above(let limit): "above \(plain(limit))"
    case .below(let limit): "below \(plain(limit))"
    }
  }

  private static func number(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// `a whole number`, `a text or a list`.
  private static func names(_ types: Set<SchemaType>) -> String {
    if types == [.string, .integer] { return "a name or a whole number" }
    let known = types.contains(.number) ? types.subtracting([.integer]) : types
    let names = SchemaType.allCases.filter(known.contains).map { type in
      switch type {
      case .null: "null"
      case .boolean: "true or false"
      case .integer: "a whole number"
      case .number: "a number"
      case .string: "a text"
      case .array: "a list"
      case .object: "a mapping"
      }
    }
    return names.joined(separator: " or ")
  }

  /// A number as a person writes it: 2 for 2.0.
  private static func plain(_ value: JSONValue) -> String {
    if case .double(let number) = value, let whole = Int(exactly: number) { return "\(whole)" }
    return text(value)
  }

  /// A choice: words without quotes, as they are written in a spec.
  private static func word(_ value: JSONValue) -> String { value.stringValue ?? text(value) }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "'\(text.shown)'"
    case .double(let number): "\(number)"
    default: (try? value.canonicalText) ?? "a value that is no JSON"
    }
  }
}

import Foundation

/// The shape of JSON: names and kinds of members, without their values.
///
/// `{a: number, b?: string}`: `b` is in some objects of a list and not in all. `[…]` is a list of such elements. What is in a
/// `parameterSchema` is left out.
enum JSONShape {
  /// The shape of a document; nil when it is none.
  static func of(_ text: String) -> String? {
    guard
      let value = try? JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
    else { return nil }
    return shape([value])
  }

  /// The shape that all of these values have.
  private static func shape(_ values: [Any]) -> String {
    let kinds = Dictionary(grouping: values, by: kind)
    return kinds.keys.sorted().map { kind -> String in
      let same = kinds[kind] ?? []
      switch kind {
      case "list": return "[\(shape(same.flatMap { $0 as? [Any] ?? [] }))]"
      case "object": return object(same.compactMap { $0 as? [String: Any] })
      default: return kind
      }
    }.joined(separator: "|")
  }

  private static func object(_ objects: [[String: Any]]) -> String {
    let names = Set(objects.flatMap(\.keys)).sorted()
    let members = names.map { name in
      guard name != "parameterSchema" else { return "\(name): {…}" }
      let values = objects.compactMap { $0[name] }
      return "\(name)\(values.count < objects.count ? "?" : ""): \(shape(values))"
    }
    return "{\(members.joined(separator: ", "))}"
  }

  private static func kind(_ value: Any) -> String {
    switch value {
    case is [Any]: "list"
    case is [String: Any]: "object"
    case is String: "string"
    case is NSNull: "null"
    case let number as NSNumber: isBoolean(number) ? "bool" : "number"
    default: "other"
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c"
  }
}

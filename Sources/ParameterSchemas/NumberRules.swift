package import JobModel

/// What a schema demands of numbers.
package struct NumberRules: Hashable, Sendable {
  /// A limit and whether it is itself outside.
  package enum Bound: Hashable, Sendable {
    case atLeast(JSONValue)
    case atMost(JSONValue)
    case above(JSONValue)
    case below(JSONValue)

    func holds(for number: JSONValue) -> Bool {
      switch self {
      case .atLeast(let limit): !number.isLess(than: limit)
      case .atMost(let limit): !limit.isLess(than: number)
      case .above(let limit): limit.isLess(than: number)
      case .below(let limit): number.isLess(than: limit)
      }
    }
  }

  package let bounds: [Bound]
  private let divisor: JSONValue?

  init(_ reader: SchemaReader) throws(SchemaError) {
    var bounds: [Bound] = []
    if let limit = try reader.number(.minimum) { bounds.append(.atLeast(limit)) }
    if let limit = try reader.number(.exclusiveMinimum) { bounds.append(.above(limit)) }
    if let limit = try reader.number(.maximum) { bounds.append(.atMost(limit)) }
    if let limit = try reader.number(.exclusiveMaximum) { bounds.append(.below(limit)) }
    self.bounds = bounds
    divisor = try reader.number(.multipleOf)
    if let divisor, !JSONValue.int(0).isLess(than: divisor) {
      throw reader.fault(.multipleOf, "above 0")
    }
  }

  func check(_ value: JSONValue) -> [SchemaFault.Kind] {
    guard let number = value.doubleValue else { return [] }
    guard number.isFinite else { return [bounds.isEmpty ? .notFinite : .range(bounds)] }
    var faults: [SchemaFault.Kind] = []
    if !bounds.allSatisfy({ $0.holds(for: value) }) { faults.append(.range(bounds)) }
    if let divisor, !value.isMultiple(of: divisor) { faults.append(.multiple(of: divisor)) }
    return faults
  }
}

/// A value in a summary that may not be there: null in JSON, as where nothing was measured, and never left out.
package struct OrNull<Value: Encodable>: Encodable {
  /// The value; nil for null.
  package let value: Value?

  /// Takes a value, or none.
  package init(_ value: Value?) { self.value = value }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

extension OrNull<Double> {
  /// The mean of numbers; null of none.
  package init(meanOf values: [Double]) {
    self.init(values.isEmpty ? nil : values.reduce(0, +) / Double(values.count))
  }
}

import JobModel

/// What a schema demands of lists.
struct ListRules: Sendable {
  /// Faults of one list that are told; a list may have millions of entries.
  private static let faultLimit = 20

  let first: [SchemaNode]
  let others: SchemaNode?
  private let contained: SchemaNode?
  private let containedCount: SchemaFault.Count
  private let count: SchemaFault.Count
  private let isSet: Bool

  init(_ reader: SchemaReader) throws(SchemaError) {
    first = try reader.schemas(.prefixItems)
    others = try reader.schema(.items)
    contained = try reader.schema(.contains)
    containedCount = SchemaFault.Count(
      least: try reader.count(.minContains) ?? 1, most: try reader.count(.maxContains))
    count = SchemaFault.Count(
      least: try reader.count(.minItems) ?? 0, most: try reader.count(.maxItems))
    isSet = try reader.flag(.uniqueItems)
  }

  func counts(_ value: JSONValue) -> [SchemaFault.Kind] {
    guard let items = value.arrayValue else { return [] }
    var faults: [SchemaFault.Kind] = []
    if !count.contains(items.count) { faults.append(.entries(items.count, count)) }
    var seen: Set<JSONValue> = []
    if isSet, let twice = items.first(where: { !seen.insert($0.normalized).inserted }) {
      faults.append(.twice(twice))
    }
    if let contained {
      let matches = items.count(where: contained.accepts)
      if !containedCount.contains(matches) { faults.append(.matches(matches, containedCount)) }
    }
    return faults
  }

  func checkEntries(
    _ value: JSONValue, at path: [SchemaFault.Step], _ faults: inout [SchemaFault]
  ) {
    guard let items = value.arrayValue else { return }
    let limit = faults.count + Self.faultLimit
    for (index, item) in items.enumerated() where faults.count < limit {
      node(at: index)?.check(item, at: path + [.index(index)], &faults)
    }
  }

  /// The schema of an entry.
  func node(at index: Int) -> SchemaNode? { index < first.count ? first[index] : others }
}

import JobModel
import StageHost

/// Items on their way through the stages, with the tensors later stages still need.
struct TravellingBatch: Sendable {
  /// A stage's output port.
  struct Port: Hashable, Sendable {
    var stage: String
    var port: String
  }

  var entries: [HostBatch.Entry]
  var tensors: [Port: HostTensor]

  /// The batch with only some of its rows; nil when there is no memory for the copy.
  func keeping(_ rows: [Int], account: MemoryAccount) -> TravellingBatch? {
    guard rows.count < entries.count else { return self }
    var kept = TravellingBatch(entries: rows.map { entries[$0] }, tensors: [:])
    for (port, tensor) in tensors {
      guard let copy = tensor.rows(rows, account: account) else { return nil }
      kept.tensors[port] = copy
    }
    return kept
  }

  /// One batch of the items of several, in order; nil when there is no memory or the rows do not fit together.
  static func joined(_ parts: [TravellingBatch], account: MemoryAccount) -> TravellingBatch? {
    let parts = parts.filter { !$0.entries.isEmpty }
    guard let first = parts.first, parts.count > 1 else {
      return parts.first ?? TravellingBatch(entries: [], tensors: [:])
    }
    var whole = TravellingBatch(entries: parts.flatMap(\.entries), tensors: [:])
    for port in first.tensors.keys {
      let pieces = parts.compactMap { $0.tensors[port] }
      guard pieces.count == parts.count, let joined = HostTensor.joined(pieces, account: account)
      else { return nil }
      whole.tensors[port] = joined
    }
    return whole
  }
}

import Synchronization

/// Copies activations from one layout into another.
package final class FeatureReorder: Sendable {
  private struct Key: Hashable {
    let from: FeatureLayout
    let block: Int
    let threads: Int
  }

  private static let made = Mutex<[Key: FeatureReorder]>([:])
  private let reorder: Reorder
  private let threads: Int

  private init(_ key: Key) throws(ConvolutionError) {
    threads = key.threads
    ConvolutionThreads.apply(threads)
    let to = FeatureLayout(
      count: key.from.count, channels: key.from.channels, height: key.from.height,
      width: key.from.width, block: key.block)
    reorder = try Reorder(
      from: MemoryDescription(key.from), to: MemoryDescription(to),
      subject: "a copy of \(key.from) in blocks of \(key.block)")
  }

  /// The copy of one layout into another, made when it is first asked for.
  package static func plan(
    from layout: FeatureLayout, toBlock block: Int, threads: Int = ConvolutionThreads.budget
  ) throws(ConvolutionError) -> FeatureReorder {
    let key = Key(from: layout, block: block, threads: threads)
    if let known = made.withLock({ $0[key] }) { return known }
    let reorder = try FeatureReorder(key)
    made.withLock { $0[key] = reorder }
    return reorder
  }

  /// Copies; neither buffer overlaps the other.
  package func callAsFunction(
    _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) throws(ConvolutionError) {
    ConvolutionThreads.apply(threads)
    try reorder.execute(from: input, to: output)
  }
}

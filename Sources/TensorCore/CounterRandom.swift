import Glibc

/// Random numbers that depend on nothing but a seed, a stream and a position: the same on every machine, in every
/// shard, after every restart.
///
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", Philox4x32-10.
package struct CounterRandom: RandomNumberGenerator, Hashable, Sendable {
  private let key: (UInt32, UInt32)
  private let stream: UInt64
  /// Blocks of four 32-bit numbers that were begun.
  package private(set) var position: UInt64
  /// Of the block at hand, the half that is still to be given out.
  private var rest: UInt64?

  /// Starts a stream.
  ///
  /// - Parameters:
  ///   - seed: Of all streams of a job.
  ///   - stream: What the numbers are for: an epoch, an item, a layer.
  ///   - position: Where to go on, as told by ``position`` of a generator that had given out whole blocks.
  package init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
    self.position = position
  }

  package mutating func next() -> UInt64 {
    if let rest {
      self.rest = nil
      return rest
    }
    let block = Self.block(
      (
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ), key)
    position += 1
    rest = UInt64(block.2) | UInt64(block.3) << 32
    return UInt64(block.0) | UInt64(block.1) << 32
  }

  /// A number of 0..<1 with 24 random bits.
  package mutating func uniform() -> Float { Float(next() >> 40) / Float(1 << 24) }

  /// A number of the standard normal distribution, by Box and Muller's method.
  package mutating func normal() -> Float {
    let radius = (-2 * log(1 - Double(next() >> 11) * 0x1p-53)).squareRoot()
    return Float(radius * cos(2 * .pi * Double(next() >> 11) * 0x1p-53))
  }

  /// The numbers 0..<count in a random order.
  package static func permutation(of count: Int, seed: UInt64, stream: UInt64) -> [Int] {
    var generator = CounterRandom(seed: seed, stream: stream)
    return Array(0..<count).shuffled(using: &generator)
  }

  /// Ten rounds of Philox over one counter.
  package static func block(
    _ counter: (UInt32, UInt32, UInt32, UInt32), _ key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (counter, key) = (counter, key)
    for round in 0..<10 {
      if round > 0 { key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85) }
      let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter.0)
      let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter.2)
      counter = (
        second.high ^ counter.1 ^ key.0, second.low, first.high ^ counter.3 ^ key.1, first.low
      )
    }
    return counter
  }

  package static func == (first: CounterRandom, second: CounterRandom) -> Bool {
    first.key == second.key && first.stream == second.stream && first.position == second.position
      && first.rest == second.rest
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(key.0)
    hasher.combine(key.1)
    hasher.combine(stream)
    hasher.combine(position)
    hasher.combine(rest)
  }
}

package import TensorCore

/// Which items each step learns from: a function of seed and step alone, so that a run that goes on after a stop sees
/// what it would have seen.
///
/// Every epoch visits all items once in an order of its own; what is left over at its end joins no batch.
package struct DataOrder: Hashable, Sendable {
  /// Items there are.
  package let itemCount: Int
  /// Items to a step.
  package let batch: Int
  /// Of the run.
  package let seed: UInt64

  /// Sets an order up.
  ///
  /// - Parameters:
  ///   - itemCount: At least `batch`.
  ///   - batch: At least 1.
  ///   - seed: Of the run.
  package init(itemCount: Int, batch: Int, seed: UInt64) {
    precondition(batch >= 1 && itemCount >= batch, "an epoch holds at least one batch")
    self.itemCount = itemCount
    self.batch = batch
    self.seed = seed
  }

  /// Steps to an epoch.
  package var stepsPerEpoch: Int { itemCount / batch }

  /// The items of a step, counted from 0.
  package func items(ofStep step: Int) -> [Int] {
    let (epoch, place) = (step / stepsPerEpoch, step % stepsPerEpoch)
    let order = CounterRandom.permutation(of: itemCount, seed: seed, stream: UInt64(epoch))
    return Array(order[(place * batch)..<((place + 1) * batch)])
  }

  /// Random numbers of a step, for crops, masks and noise; a stream apart from that of the order.
  package func random(ofStep step: Int) -> CounterRandom {
    CounterRandom(seed: seed, stream: 1 << 63 | UInt64(step))
  }
}

import Kernels
package import TensorCore

/// Times the steps of decoding alone, without looking at pictures.
package final class DecodingTimer {
  private let session: DecoderSession
  private let weights: DecoderWeights
  private let batch: Int
  private let window: Int

  /// Reserves what a decoding takes.
  ///
  /// - Parameters:
  ///   - weights: The decoder.
  ///   - batch: Pictures at once.
  ///   - window: Tokens of each picture that a step computes.
  ///   - workers: Who computes.
  package init(_ weights: DecoderWeights, batch: Int, window: Int, workers: any Workers) {
    self.weights = weights
    self.batch = batch
    self.window = window
    let configuration = weights.configuration
    let memory = Tensor([batch, configuration.tokens, configuration.width], repeating: 0.5)
    session = DecoderSession(weights, memory: memory, rowsPerItem: window, workers: workers)
  }

  /// The time of so many steps, from the first token on.
  package func seconds(tokens: Int) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let last = [Int32](repeating: 1, count: batch * window)
    for position in 0..<tokens {
      let groups = (0..<batch).map {
        QueryGroup(item: $0, row: $0 * window, count: window, visible: position + 1)
      }
      session.step(groups, tokens: last)
    }
    return (clock.now - start) / .seconds(1)
  }

  /// Bytes that so many steps have to read: all weights, and what is remembered.
  package func bytes(tokens: Int) -> Double {
    Double(tokens * weights.bytesPerStep)
      + (1...tokens).reduce(0) { $0 + Double(session.cacheBytes(visible: $1)) }
  }
}

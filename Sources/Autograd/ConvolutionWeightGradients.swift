import CKernels
import Convolutions
import Kernels
import Synchronization
import TensorCore

/// The gradients of a convolution's weights and bias, a few pictures at a time.
///
/// Parts of pictures and the order in which their gradients are added up depend on nothing but the number of pictures:
/// the same bits for any number of threads.
struct ConvolutionWeightGradients {
  /// Parts at most.
  private static let mostParts = 8

  private let whole: ConvolutionPlan

  /// Takes the plan of all pictures.
  init(_ plan: ConvolutionPlan) { whole = plan }

  /// Pictures of a part; the last one may have fewer.
  private var size: Int { (whole.shape.count + Self.mostParts - 1) / Self.mostParts }
  private var parts: Int { (whole.shape.count + size - 1) / size }

  /// Compiles what ``compute(_:_:hasBias:workers:)`` runs.
  func prepare(hasBias: Bool) throws {
    for part in [0, parts - 1] {
      try plan(part).prepare(.backwardWeights, hasBias: hasBias)
    }
  }

  /// Computes them.
  ///
  /// - Parameters:
  ///   - input: In the plan's source layout.
  ///   - gradient: Of the output, in the plan's destination layout.
  ///   - hasBias: Whether the bias' gradient is wanted.
  ///   - workers: Who computes.
  /// - Returns: Shapes (out, in, height, width) and (out).
  /// - Throws: ``ConvolutionError``.
  func compute(
    _ input: Tensor, _ gradient: Tensor, hasBias: Bool, workers: any Workers
  ) throws -> (weights: Tensor, bias: Tensor?) {
    let shape = whole.shape
    let plans = try (0..<parts).map { try plan($0) }
    let (count, outs) = (shape.weightCount, shape.outChannels)
    var biases = Tensor.zeros([parts, outs])
    let failure = Mutex<ConvolutionError?>(nil)
    let weights = Tensor([parts, count]) { weights in
      biases.withMutableFloats { biases in
        let from = [input, gradient].map { tensor in
          SendableConstant(tensor.withFloats { $0.baseAddress })
        }
        let to = [weights, biases].map { SendablePointer($0.baseAddress) }
        let steps = [whole.source, whole.destination].map { $0.elementCount / $0.count * size }
        workers.run(chunks: parts) { part in
          guard let input = from[0].pointer, let gradient = from[1].pointer,
            let weights = to[0].pointer, let biases = to[1].pointer
          else { return }
          do throws(ConvolutionError) {
            try plans[part].backwardWeights(
              input + part * steps[0], gradient + part * steps[1], into: weights + part * count,
              bias: hasBias ? biases + part * outs : nil)
          } catch {
            failure.withLock { $0 = error }
          }
        }
        withExtendedLifetime((input, gradient)) {}
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return (
      sum(weights, workers).reshaped([
        outs, shape.inChannels, shape.kernelHeight, shape.kernelWidth,
      ]), hasBias ? sum(biases, workers) : nil
    )
  }

  /// The sum of rows.
  private func sum(_ rows: Tensor, _ workers: any Workers) -> Tensor {
    let (count, length) = (rows.shape[0], rows.shape[1])
    guard count > 1 else { return rows.reshaped([length]) }
    return Tensor([length]) { total in
      let to = SendablePointer(total.baseAddress)
      rows.withFloats { rows in
        let from = SendableConstant(rows.baseAddress)
        workers.forRanges(length, grain: 4096) { range in
          guard let from = from.pointer, let to = to.pointer else { return }
          (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
          for row in 1..<count {
            lattice_add_f32(
              from + row * length + range.lowerBound, to + range.lowerBound, Int64(range.count))
          }
        }
      }
    }
  }

  /// The plan of a part, for one thread.
  private func plan(_ part: Int) throws(ConvolutionError) -> ConvolutionPlan {
    let shape = whole.shape
    let count = min(size, shape.count - part * size)
    return try ConvolutionPlans.plan(
      try ConvolutionShape(
        count: count, inChannels: shape.inChannels, outChannels: shape.outChannels,
        height: shape.height, width: shape.width, kernel: (shape.kernelHeight, shape.kernelWidth),
        stride: (shape.strideHeight, shape.strideWidth), padding: shape.padding),
      sourceBlock: whole.source.block, destinationBlock: whole.destination.block,
      precision: whole.precision, method: whole.method, threads: 1)
  }
}

import Synchronization

/// The plans of a process, one for each shape, layout, precision, method and number of threads.
package enum ConvolutionPlans {
  private struct Key: Hashable {
    let shape: ConvolutionShape
    let sourceBlock: Int?
    let destinationBlock: Int?
    let precision: ConvolutionPrecision
    let method: ConvolutionMethod
    let threads: Int
  }

  private static let plans = Mutex<[Key: ConvolutionPlan]>([:])

  /// The plan of a convolution, made when it is first asked for.
  ///
  /// - Parameters:
  ///   - shape: What to compute.
  ///   - sourceBlock: The block of the input's layout; nil takes the fastest of this machine.
  ///   - destinationBlock: The same for the output.
  ///   - precision: The precision of products.
  ///   - method: How to compute it; `automatic` unless two ways are compared.
  ///   - threads: That work on it.
  /// - Returns: The plan.
  /// - Throws: ``ConvolutionError``.
  package static func plan(
    _ shape: ConvolutionShape, sourceBlock: Int? = nil, destinationBlock: Int? = nil,
    precision: ConvolutionPrecision = .f32, method: ConvolutionMethod = .automatic,
    threads: Int = ConvolutionThreads.budget
  ) throws(ConvolutionError) -> ConvolutionPlan {
    let key = Key(
      shape: shape, sourceBlock: sourceBlock, destinationBlock: destinationBlock,
      precision: precision, method: method, threads: threads)
    if let plan = plans.withLock({ $0[key] }) { return plan }
    let plan = try ConvolutionPlan(
      shape, sourceBlock: sourceBlock, destinationBlock: destinationBlock, precision: precision,
      method: method, threads: threads)
    return plans.withLock { plans in
      if let other = plans[key] { return other }
      plans[key] = plan
      return plan
    }
  }

  /// Forgets all plans and gives their scratch memory back; plans in use stay usable.
  package static func removeAll() {
    plans.withLock { $0 = [:] }
    ScratchPool.shared.trim()
  }
}

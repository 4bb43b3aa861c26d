internal import COneDNN

/// Orders and types that a primitive might work in.
struct ConvolutionCandidate {
  let source: MemoryDescription.Order
  let destination: MemoryDescription.Order
  /// The type of what the pass computes; f32 unless only bf16 has a fast implementation.
  let result: dnnl_data_type_t

  /// What to try, the likeliest first: what costs no copies, then what fast implementations want.
  static func all(for request: ConvolutionRequest) -> [ConvolutionCandidate] {
    if request.method == .winograd {
      return [ConvolutionCandidate(source: .blocks, destination: .blocks, result: dnnl_f32)]
    }
    let orders = orders(for: request)
    let results = request.precision == .bf16 ? [dnnl_f32, dnnl_bf16] : [dnnl_f32]
    return results.flatMap { result in
      orders.map {
        ConvolutionCandidate(source: $0.source, destination: $0.destination, result: result)
      }
    }
  }

  private static func orders(
    for request: ConvolutionRequest
  ) -> [(source: MemoryDescription.Order, destination: MemoryDescription.Order)] {
    let destination = order(of: request.destination)
    var orders = [(source: order(of: request.source), destination: destination)]
    // Pictures: planes are cheaper to make of three channels than blocks, which would be mostly zeros.
    if request.shape.inChannels <= 3 { orders.append((.planes, destination)) }
    if ConvolutionMachine.hasAVX512 { orders.append((.blocks, .blocks)) }
    orders.append((.channelsLast, .channelsLast))
    orders.append((.any, .any))
    return orders
  }

  private static func order(of layout: FeatureLayout) -> MemoryDescription.Order {
    layout.block == layout.channels ? .channelsLast : .blocks
  }
}

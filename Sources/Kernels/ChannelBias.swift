import CKernels
package import TensorCore

/// A number for each channel, added to all its pixels.
package enum ChannelBias {
  /// x + b, of the value's shape; `bias` has one number for each channel of a picture.
  package static func add(
    _ bias: Tensor, to value: Tensor, _ planes: Planes, workers: any Workers
  ) -> Tensor {
    let (numbers, block) = (bias.floats, planes.block)
    let size = planes.pixels * block
    return Tensor(value.shape) { result in
      let target = SendablePointer(result.baseAddress)
      value.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(planes.count) { range in
          guard let from = source.pointer, let to = target.pointer else { return }
          for plane in range {
            let first = plane * block % numbers.count
            let channels = Array(numbers[first..<(first + block)])
            (to + plane * size).update(from: from + plane * size, count: size)
            lattice_add_row_f32(channels, to + plane * size, Int64(planes.pixels), Int64(block))
          }
        }
      }
    }
  }

  /// The sum of each channel over pixels and pictures, shape (channels).
  package static func sums(
    _ value: Tensor, _ planes: Planes, channels: Int, workers: any Workers
  ) -> Tensor {
    let zeros = [Float](repeating: 0, count: planes.block)
    let sums = StretchSums(planes, workers: workers) { source, _, pixels, first, second in
      lattice_channel_moments_f32(
        source.stretch, zeros, pixels, Int64(planes.block), first, second)
    }.of(value).first
    var totals = [Double](repeating: 0, count: channels)
    for (place, sum) in sums.enumerated() { totals[place % channels] += sum }
    return Tensor([channels], totals.map { Float($0) })
  }
}

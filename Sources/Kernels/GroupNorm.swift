import CKernels
package import TensorCore

/// Group normalisation with an activation behind it; formulas and source are in `lattice_group_norm.h`.
package struct GroupNorm: Sendable {
  /// Channels in all, in blocks of the planes'.
  package let channels: Int
  package let groups: Int
  package let epsilon: Float
  package let activation: Activation?

  /// What normalising takes for each picture and channel, and what its gradient does.
  package struct Statistics: Sendable {
    fileprivate let means: Tensor
    fileprivate let scales: Tensor
    fileprivate let offsets: Tensor
    /// 1 / standard deviation.
    fileprivate let rates: [Double]
  }

  /// Describes a normalisation.
  ///
  /// - Parameters:
  ///   - channels: Of a pixel, a multiple of `groups`.
  ///   - groups: Parts of the channels that are normalised on their own.
  ///   - epsilon: Added to the variance.
  ///   - activation: Applied to the result; nil for none.
  package init(channels: Int, groups: Int, epsilon: Float, activation: Activation?) {
    precondition(
      groups >= 1 && channels.isMultiple(of: groups),
      "\(channels) channels can't be split into \(groups) groups")
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
    self.activation = activation
  }

  private var kind: Int32 { activation?.kind ?? LATTICE_IDENTITY }

  /// Means and deviations of each picture's groups.
  ///
  /// - Parameters:
  ///   - value: As many elements as the planes have; the blocks of a picture's channels are neighbours.
  ///   - planes: How the value lies.
  ///   - gain: Shape (channels).
  ///   - offset: Shape (channels); nil for none.
  ///   - workers: Who computes.
  /// - Returns: Of each picture and channel.
  package func statistics(
    _ value: Tensor, _ planes: Planes, gain: Tensor, offset: Tensor?, workers: any Workers
  ) -> Statistics {
    let sums = StretchSums(planes, workers: workers) { source, _, pixels, first, second in
      // The first pixel of the plane stands for the mean.
      lattice_channel_moments_f32(
        source.stretch, source.plane, pixels, Int64(planes.block), first, second)
    }
    let moments = sums.of(value)
    let pictures = planes.count * planes.block / channels
    let (count, size) = (Double(planes.pixels), channels / groups)
    let (gains, offsets) = (gain.floats, offset?.floats)
    var means = [Float](repeating: 0, count: pictures * channels)
    var scales = means
    var rates = [Double](repeating: 0, count: pictures * groups)
    value.withFloats { source in
      for group in 0..<pictures * groups {
        let range = group * size..<(group + 1) * size
        let averages = range.map { place in
          let shift = source[
            place / planes.block * planes.pixels * planes.block + place % planes.block]
          return Double(shift) + moments.first[place] / count
        }
        let mean = averages.reduce(0, +) / Double(size)
        var square = 0.0
        for (place, average) in zip(range, averages) {
          square += moments.second[place] - moments.first[place] * moments.first[place] / count
          square += count * (average - mean) * (average - mean)
        }
        let variance = max(0, square / (count * Double(size)))
        rates[group] = 1 / (variance + Double(epsilon)).squareRoot()
        for place in range {
          means[place] = Float(mean)
          scales[place] = Float(rates[group]) * gains[place % channels]
        }
      }
    }
    let shifts = (0..<pictures * channels).map { offsets?[$0 % channels] ?? 0 }
    return Statistics(
      means: Tensor([means.count], means), scales: Tensor([scales.count], scales),
      offsets: Tensor([shifts.count], shifts), rates: rates)
  }

  /// f((x - mean) * scale + offset), of the value's shape.
  package func forward(
    _ value: Tensor, _ planes: Planes, _ statistics: Statistics, workers: any Workers
  ) -> Tensor {
    Tensor(value.shape) { result in
      value.withFloats {
        normalize($0.baseAddress, into: result.baseAddress, planes, statistics, workers)
      }
    }
  }

  /// The same in place.
  package func apply(
    to value: inout Tensor, _ planes: Planes, _ statistics: Statistics, workers: any Workers
  ) {
    value.withMutableFloats {
      normalize(UnsafePointer($0.baseAddress), into: $0.baseAddress, planes, statistics, workers)
    }
  }

  private func normalize(
    _ source: UnsafePointer<Float>?, into target: UnsafeMutablePointer<Float>?, _ planes: Planes,
    _ statistics: Statistics, _ workers: any Workers
  ) {
    let (stretches, kind, block) = (Stretches(planes), kind, planes.block)
    let (source, target) = (SendableConstant(source), SendablePointer(target))
    let means = SendableConstant(statistics.means.withFloats { $0.baseAddress })
    let scales = SendableConstant(statistics.scales.withFloats { $0.baseAddress })
    let offsets = SendableConstant(statistics.offsets.withFloats { $0.baseAddress })
    workers.forRanges(stretches.count) { range in
      for index in range {
        let stretch = stretches[index]
        let channel = stretch.plane * block
        lattice_normalize_f32(
          kind, source.pointer.map { $0 + stretch.offset }, means.pointer.map { $0 + channel },
          scales.pointer.map { $0 + channel }, offsets.pointer.map { $0 + channel },
          target.pointer.map { $0 + stretch.offset }, Int64(stretch.pixels), Int64(block))
      }
    }
    withExtendedLifetime(statistics) {}
  }

  /// The gradients of gain and offset, both of shape (channels), and of the input when it is wanted.
  package func backward(
    _ value: Tensor, _ planes: Planes, gain: Tensor, _ statistics: Statistics, _ gradient: Tensor,
    wantsInput: Bool, workers: any Workers
  ) -> (gain: Tensor, offset: Tensor, input: Tensor?) {
    let (kind, block) = (kind, planes.block)
    let rows = [statistics.means, statistics.scales, statistics.offsets].map { tensor in
      SendableConstant(tensor.withFloats { $0.baseAddress })
    }
    let sums = StretchSums(planes, workers: workers) { source, plane, pixels, first, second in
      let place = plane * block
      lattice_normalize_sums_f32(
        kind, source.stretch, source.other, rows[0].pointer.map { $0 + place },
        rows[1].pointer.map { $0 + place }, rows[2].pointer.map { $0 + place }, pixels,
        Int64(block), first, second)
    }
    let parts = sums.of(value, gradient)
    withExtendedLifetime(statistics) {}
    let pictures = planes.count * block / channels
    let (size, gains) = (channels / groups, gain.floats)
    var (toGain, toOffset) = (
      [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
    )
    var first = [Float](repeating: 0, count: pictures * channels)
    var second = first
    for group in 0..<pictures * groups {
      let rate = statistics.rates[group]
      var (sum, product) = (0.0, 0.0)
      for place in group * size..<(group + 1) * size {
        toGain[place % channels] += rate * parts.second[place]
        toOffset[place % channels] += parts.first[place]
        sum += Double(gains[place % channels]) * parts.first[place]
        product += Double(gains[place % channels]) * parts.second[place]
      }
      let count = Double(size * planes.pixels)
      for place in group * size..<(group + 1) * size {
        first[place] = Float(rate * sum / count)
        second[place] = Float(rate * rate * rate * product / count)
      }
    }
    let more = [Tensor([first.count], first), Tensor([second.count], second)]
    let input =
      wantsInput
      ? stretchByStretch([value, gradient], planes, statistics, more, workers) {
        sources, rows, to, pixels in
        lattice_normalize_backward_f32(
          kind, sources[0], sources[1], rows[0], rows[1], rows[2], rows[3], rows[4], to, pixels,
          Int64(block))
      } : nil
    return (
      Tensor([channels], toGain.map { Float($0) }), Tensor([channels], toOffset.map { Float($0) }),
      input
    )
  }

  private typealias Floats = UnsafePointer<Float>

  /// Makes a tensor, stretch by stretch of pixels, from others and from numbers of each picture and channel.
  private func stretchByStretch(
    _ values: [Tensor], _ planes: Planes, _ statistics: Statistics, _ more: [Tensor],
    _ workers: any Workers,
    _ body: @Sendable ([Floats?], [Floats?], UnsafeMutablePointer<Float>?, Int64) -> Void
  ) -> Tensor {
    let stretches = Stretches(planes)
    let numbers = [statistics.means, statistics.scales, statistics.offsets] + more
    return Tensor(values[0].shape) { result in
      let target = SendablePointer(result.baseAddress)
      let sources = values.map { tensor in
        SendableConstant(tensor.withFloats { $0.baseAddress })
      }
      let rows = numbers.map { tensor in
        SendableConstant(tensor.withFloats { $0.baseAddress })
      }
      workers.forRanges(stretches.count) { range in
        for index in range {
          let stretch = stretches[index]
          body(
            sources.map { $0.pointer.map { $0 + stretch.offset } },
            rows.map { $0.pointer.map { $0 + stretch.plane * planes.block } },
            target.pointer.map { $0 + stretch.offset }, Int64(stretch.pixels))
        }
      }
      withExtendedLifetime((values, numbers)) {}
    }
  }
}

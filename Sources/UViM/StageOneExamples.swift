package import TensorCore

/// Pictures with what is known of them, as a base model learns from them.
package enum StageOneExamples {
  /// Colours as labels: a value for each pixel in each of three channels.
  ///
  /// - Parameters:
  ///   - images: (batch, side, side, 3), -1...1.
  ///   - stage: The model.
  /// - Returns: (batch, tokens, 3, pixels).
  package static func color(_ images: Tensor, _ stage: StageOneConfiguration) -> Tensor {
    let pixels = stage.patchPixels
    let cut = Patches.cut(images, size: stage.patchSize)
    return Tensor([images.shape[0], stage.tokens, 3, pixels]) { target in
      cut.withFloats { cut in
        for index in target.indices {
          let (patch, channel, pixel) = (index / (3 * pixels), index / pixels % 3, index % pixels)
          target[index] = cut[(patch * pixels + pixel) * 3 + channel]
        }
      }
    }
  }

  /// A batch that depth is learned from; pixels without depth, whose bin is 0, are seen but not learned from.
  ///
  /// - Parameters:
  ///   - images: (batch, side, side, 3), -1...1.
  ///   - metres: Of all pixels, picture by picture.
  ///   - bins: Of the model.
  ///   - stage: The model.
  /// - Returns: The batch.
  package static func depth(
    images: Tensor, metres: [Float], bins: DepthBins, _ stage: StageOneConfiguration
  ) -> StageOneBatch {
    let map = LabelMaps.cut(
      metres.map { bins.bin(of: $0) }, batch: images.shape[0], width: stage.inputSize,
      size: stage.patchSize)
    return classes(images: images, maps: ["depth": map], unlearned: 0, stage)
  }

  /// A batch of pixels that each have one of a label's values.
  ///
  /// - Parameters:
  ///   - images: (batch, side, side, 3), -1...1.
  ///   - maps: By label, i32 (batch, tokens, pixels); negative where unknown.
  ///   - unlearned: The value that is seen but not learned from; nil for none.
  ///   - stage: The model.
  /// - Returns: The batch.
  package static func classes(
    images: Tensor, maps: [String: Tensor], unlearned: Int32? = nil,
    _ stage: StageOneConfiguration
  ) -> StageOneBatch {
    var labels: [String: Tensor] = [:]
    var targets: [String: Tensor] = [:]
    for (name, map) in maps {
      labels[name] = LabelMaps.oneHot(map, values: stage.values(of: name))
      targets[name] =
        unlearned.map { unlearned in
          Tensor(map.shape, integers: map.integers.map { $0 == unlearned ? -1 : $0 })
        } ?? map
    }
    return StageOneBatch(labels: labels, targets: targets, image: images)
  }

  /// A batch that colours are learned from: the model sees grey pictures.
  package static func color(
    images: Tensor, gray: Tensor, _ stage: StageOneConfiguration
  ) -> StageOneBatch {
    let label = color(images, stage)
    return StageOneBatch(labels: ["color": label], targets: ["color": label], image: gray)
  }
}

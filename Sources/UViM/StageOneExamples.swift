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
    let map = metres.map { bins.bin(of: $0) }
    func cut(_ map: [Int32]) -> Tensor {
      LabelMaps.cut(map, batch: images.shape[0], width: stage.inputSize, size: stage.patchSize)
    }
    return StageOneBatch(
      labels: ["depth": LabelMaps.oneHot(cut(map), values: bins.count)],
      targets: ["depth": cut(map.map { $0 == 0 ? -1 : $0 })], image: images)
  }

  /// A batch that colours are learned from: the model sees grey pictures.
  package static func color(
    images: Tensor, gray: Tensor, _ stage: StageOneConfiguration
  ) -> StageOneBatch {
    let label = color(images, stage)
    return StageOneBatch(labels: ["color": label], targets: ["color": label], image: gray)
  }

  /// A batch that panoptic labels are learned from.
  ///
  /// - Parameters:
  ///   - images: (batch, side, side, 3), -1...1.
  ///   - labels: Category and number of the segment of all pixels, picture by picture.
  ///   - stage: The model.
  /// - Returns: The batch.
  package static func panoptic(
    images: Tensor, labels: [Int32], _ stage: StageOneConfiguration
  ) -> StageOneBatch {
    let (batch, side) = (images.shape[0], stage.inputSize)
    var maps: [String: [Int32]] = ["semantics": [], "instances": []]
    labels.withUnsafeBufferPointer { labels in
      for item in 0..<batch {
        let size = 2 * side * side
        let canonical = PanopticLabels.canonical(
          UnsafeBufferPointer(rebasing: labels[(item * size)..<((item + 1) * size)]), width: side,
          semantics: stage.values(of: "semantics"), instances: stage.values(of: "instances"))
        maps["semantics"]? += canonical.semantics
        maps["instances"]? += canonical.instances
      }
    }
    let targets = maps.mapValues {
      LabelMaps.cut($0, batch: batch, width: side, size: stage.patchSize)
    }
    return StageOneBatch(
      labels: Dictionary(
        uniqueKeysWithValues: targets.map {
          ($0.key, LabelMaps.oneHot($0.value, values: stage.values(of: $0.key)))
        }), targets: targets, image: images)
  }
}

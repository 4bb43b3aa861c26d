import Autograd
import StageSDK
import TensorCore
import UViM

/// Finished maps of logits: depth, colour or panoptic labels, at a picture's size.
struct MapOutputs {
  let configuration: UViMConfiguration
  let height: Int
  let width: Int
  /// Segments of a smaller share become void.
  var leastShare = 0.001
  /// Whether a pixel's depth is its likeliest bin's, in place of the mean of all bins by their probabilities.
  var takesLikeliestDepth = false
  /// Whether colours are put over the picture's own lightness.
  var keepsLightness = true

  private func stage() throws -> StageOneConfiguration {
    guard let stage = configuration.stageOne else {
      throw StageError(.internal, "the base model was not loaded")
    }
    return stage
  }

  private func logits(_ name: String, _ all: [String: Tensor]) throws -> Tensor {
    guard let logits = all[name] else {
      throw StageError(.internal, "the model gave no '\(name)'")
    }
    return logits
  }

  /// Depth in metres: the expectation over bins, or the middle of the likeliest one.
  func writeDepth(_ all: [String: Tensor], to output: MutableTensorView) throws {
    let (side, grid) = (try stage().inputSize, try stage().grid)
    let logits = try logits("depth", all)
    let bins = configuration.depthBins
    let metres =
      takesLikeliestDepth
      ? LabelMaps.greatest(logits, columns: grid).map(bins.metres)
      : LabelMaps.expected(logits, of: bins.middles, columns: grid)
    for item in 0..<output.shape[0] {
      let row = try output.row(item, Float.self)
      Pictures.nearest(
        metres[(item * side * side)..<((item + 1) * side * side)], height: side, width: side,
        to: height, width
      ) { row[$0] = $1 }
    }
  }

  /// Category and number of the segment.
  func writePanoptic(_ all: [String: Tensor], to output: MutableTensorView) throws {
    let (semantics, instances) = (try logits("semantics", all), try logits("instances", all))
    let (side, grid) = (try stage().inputSize, try stage().grid)
    for item in 0..<output.shape[0] {
      let labels = PanopticLabels.decoded(
        semantics: Self.item(item, semantics), instances: Self.item(item, instances),
        columns: grid, leastShare: leastShare)
      let row = try output.row(item, Int32.self)
      let places = Array(0..<(side * side))
      Pictures.nearest(places[...], height: side, width: side, to: height, width) { to, from in
        row[2 * to] = labels[2 * from]
        row[2 * to + 1] = labels[2 * from + 1]
      }
    }
  }

  /// Colours of 0...1; those of the model, over the lightness of the picture if that is wanted.
  ///
  /// - Parameters:
  ///   - all: The model's outputs, by label.
  ///   - image: What was to be coloured, as it came in.
  ///   - isSigned: True where that is -1...1.
  ///   - output: Gets the colours.
  ///   - pass: Resizes.
  /// - Throws: ``StageError`` when the model gave no colours.
  func writeColor(
    _ all: [String: Tensor], over image: TensorView, isSigned: Bool,
    to output: MutableTensorView, _ pass: Pass
  ) throws {
    let stage = try stage()
    let small = Patches.join(
      try logits("color", all), size: stage.patchSize, columns: stage.grid)
    let colours = pass.resizeBilinear(Variable(small), height: height, width: width).value
    let picture = pass.resizeBilinear(
      Variable(try Pictures.tensor(image)), height: height, width: width
    ).value
    let target = try output.bind(Float.self)
    colours.withFloats { colours in
      picture.withFloats { picture in
        for start in stride(from: 0, to: target.count, by: 3) {
          func luma(_ values: UnsafeBufferPointer<Float>) -> Float {
            Pictures.luma(values[start], values[start + 1], values[start + 2])
          }
          let own = isSigned ? (luma(picture) + 1) / 2 : luma(picture)
          let shift = keepsLightness ? own - (luma(colours) + 1) / 2 : 0
          for channel in 0..<3 {
            target[start + channel] = max(
              0, min(1, (colours[start + channel] + 1) / 2 + shift))
          }
        }
      }
    }
  }

  private static func item(_ index: Int, _ logits: Tensor) -> Tensor {
    logits[index..<(index + 1)].reshaped(Shape(Array(logits.shape.sizes.dropFirst())))
  }
}

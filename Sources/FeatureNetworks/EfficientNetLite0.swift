package import Autograd
import Kernels
package import ModelFiles
import TensorCore

/// A classifier of photos whose features tell pictures apart as people do: for distances between sets of pictures and
/// for perceptual losses.
///
/// Source: Tan and Le 2019, "EfficientNet", with the changes of the Lite models (no squeeze-and-excitation, ReLU6).
/// Names of weights are those of the PyTorch package `efficientnet-lite-pytorch`; batch normalisation is folded into
/// the convolutions when they are loaded.
package final class EfficientNetLite0 {
  /// Pixels across and down that it was trained on.
  package static let inputSize = 224
  /// Numbers that describe a picture.
  package static let featureWidth = 1280

  private let stem: NormalisedConvolution
  private let blocks: [InvertedResidual]
  private let head: NormalisedConvolution
  private let classifier: (weight: Parameter, bias: Parameter)
  /// As a checkpoint names them.
  package let parameters: ParameterSet

  /// Kernel, stride, expansion, channels and repeats of each stage.
  private static let stages = [
    (3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4), (3, 1, 6, 320, 1),
  ]

  /// Builds it without weights.
  package init() {
    let builder = ParameterBuilder(.unset)
    stem = NormalisedConvolution(
      "_conv_stem", norm: "_bn0", 3, 32, size: 3, stride: 2, isActivated: true, builder)
    var blocks: [InvertedResidual] = []
    var channels = 32
    for (size, stride, expansion, outputs, repeats) in Self.stages {
      for index in 0..<repeats {
        blocks.append(
          InvertedResidual(
            "_blocks.\(blocks.count)", channels, outputs, size: size,
            stride: index == 0 ? stride : 1, expansion: expansion, builder))
        channels = outputs
      }
    }
    self.blocks = blocks
    head = NormalisedConvolution(
      "_conv_head", norm: "_bn1", channels, Self.featureWidth, size: 1, isActivated: true, builder)
    classifier = (
      builder.constant("_fc.weight", [1000, Self.featureWidth], 0),
      builder.constant("_fc.bias", [1000], 0)
    )
    parameters = ParameterSet(builder.parameters)
  }

  /// What it sees in pictures.
  package struct Output {
    /// (N, 1280, 7, 7)-like features before pooling, as (N, 7, 7, 1280) for pictures of 224 pixels.
    package let features: Variable
    /// Their averages, (N, 1280).
    package let pooled: Variable
  }

  /// Looks at pictures.
  ///
  /// - Parameters:
  ///   - images: (N, H, W, 3) of 0...1; other sizes than 224 are resized, with antialiasing.
  ///   - pass: Who computes.
  /// - Returns: Features.
  /// - Throws: What a convolution throws when memory runs out.
  package func callAsFunction(_ images: Variable, _ pass: Pass) throws -> Output {
    var input = images
    if images.shape[1] != Self.inputSize || images.shape[2] != Self.inputSize {
      input = pass.resizeBilinear(
        images, height: Self.inputSize, width: Self.inputSize, isAntialiased: true)
    }
    var map = try stem(pass.features(scaled(input, pass)), pass)
    for block in blocks { map = try block(map, pass) }
    map = try head(map, pass)
    let pooled = pass.pixels(pass.averagePool(overAllOf: map))
    return Output(
      features: pass.pixels(map),
      pooled: pass.reshape(pooled, to: [images.shape[0], Self.featureWidth]))
  }

  /// What it sees on the way in pictures as they are, for losses that compare what is seen.
  ///
  /// - Parameters:
  ///   - images: (N, H, W, 3) of 0...1.
  ///   - pass: Who computes.
  /// - Returns: Features of 16, 24, 40, 112 and 1280 channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the sides.
  /// - Throws: What a convolution throws when memory runs out.
  package func levels(_ images: Variable, _ pass: Pass) throws -> [FeatureMap] {
    var map = try stem(pass.features(scaled(images, pass)), pass)
    var levels: [FeatureMap] = []
    for (index, block) in blocks.enumerated() {
      map = try block(map, pass)
      if Self.levelEnds.contains(index) { levels.append(map) }
    }
    return levels + [try head(map, pass)]
  }

  /// The last blocks of their resolutions.
  private static let levelEnds: Set = [0, 2, 4, 10]

  /// (255 x - 127) / 128, as it was trained on.
  private func scaled(_ images: Variable, _ pass: Pass) -> Variable {
    pass.add(
      pass.scale(images, by: 255 / 128),
      Variable(Tensor(images.shape, repeating: -127.0 / 128)))
  }

  /// Scores of the 1000 classes of ImageNet.
  ///
  /// - Parameters:
  ///   - pooled: (N, 1280).
  ///   - pass: Who computes.
  /// - Returns: (N, 1000).
  package func logits(_ pooled: Variable, _ pass: Pass) -> Variable {
    let weight = Parameter("_fc.kernel", classifier.weight.value.transposedMatrix())
    return pass.linear(pooled, weight: weight, bias: classifier.bias)
  }

  /// Folds normalisations into convolutions; call it once after weights were loaded.
  package func fold() {
    stem.fold()
    head.fold()
    for block in blocks { block.fold() }
  }
}

extension Tensor {
  /// (rows, columns) as (columns, rows).
  fileprivate func transposedMatrix() -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor([columns, rows]) { target in
      withFloats { source in
        for row in 0..<rows {
          for column in 0..<columns {
            target[column * rows + row] = source[row * columns + column]
          }
        }
      }
    }
  }
}

import Autograd
import StageSDK
import TensorCore
import UViM

/// Labels as they come in: maps of pixels, or the tensors that a network takes.
enum LabelInputs {
  static let ports: [Port] = [
    .tensor(
      "depth", [.f32], ["N", "D1", "D2", "D3"],
      "Of depth models: metres (N, H, W, 1), or a one for the bin of each pixel (N, tokens, bins, pixels).",
      optional: true),
    .tensor(
      "color", [.f32], ["N", "C1", "C2", "C3"],
      "Of colour models: pictures (N, H, W, 3) in the range of 'image', or (N, tokens, 3, pixels) of -1...1; without it, the colours of 'image'.",
      optional: true),
    .tensor(
      "panoptic", [.i32], ["N", "P1", "P2", 2], semantic: "panoptic.ids",
      "Of panoptic models: category and number of the segment.", optional: true),
    .tensor(
      "semantics", [.f32], ["N", "tokens", "categories", "pixels"],
      "Instead of 'panoptic', a one for the category of each pixel.", optional: true),
    .tensor(
      "instances", [.f32], ["N", "tokens", "instances", "pixels"],
      "Instead of 'panoptic', a one for the instance of each pixel.", optional: true),
  ]

  /// The tensors that the network takes, by label.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - image: The pictures as the model sees them, in colour.
  ///   - isSigned: Whether pictures came in as -1...1.
  ///   - configuration: Of the model.
  ///   - pass: Resizes.
  /// - Returns: Each (batch, tokens, values, pixels).
  /// - Throws: ``StageError`` that says which input is missing.
  static func tensors(
    _ batch: Batch, image: Tensor, isSigned: Bool, _ configuration: UViMConfiguration, _ pass: Pass
  ) throws -> [String: Tensor] {
    guard let stage = configuration.stageOne else {
      throw StageError(.internal, "the base model was not loaded")
    }
    var labels: [String: Tensor] = [:]
    for name in stage.labelNames {
      guard let view = try batch.optionalInput(name) else { continue }
      let shape = [batch.count, stage.tokens, stage.values(of: name), stage.patchPixels]
      if view.shape == shape { labels[name] = try Pictures.tensor(view) }
    }
    guard labels.count < stage.labelNames.count else { return labels }
    switch configuration.task {
    case .depth:
      guard let depth = try batch.optionalInput("depth") else { throw missing("depth") }
      return ["depth": try depthTensor(depth, configuration.depthBins, stage)]
    case .color:
      var colours = image
      if let view = try batch.optionalInput("color") {
        colours = try Pictures.seen(
          view, side: stage.inputSize, isSigned: isSigned, isGray: false, pass)
      }
      return ["color": StageOneExamples.color(colours, stage)]
    case .panoptic:
      guard let panoptic = try batch.optionalInput("panoptic") else { throw missing("panoptic") }
      return try panopticTensors(panoptic, configuration, stage)
    }
  }

  /// The pictures in grey, as colour models see them.
  static func gray(_ image: Tensor) -> Tensor {
    var image = image
    image.withMutableFloats { values in
      for start in stride(from: 0, to: values.count, by: 3) {
        let gray = Pictures.luma(values[start], values[start + 1], values[start + 2])
        for channel in 0..<3 { values[start + channel] = gray }
      }
    }
    return image
  }

  private static func missing(_ port: String) -> StageError {
    StageError(.config, "connect '\(port)': the model's labels are made of it")
  }

  private static func depthTensor(
    _ view: TensorView, _ bins: DepthBins, _ stage: StageOneConfiguration
  ) throws -> Tensor {
    guard view.shape[3] == 1 else {
      throw StageError(.input, "depth is (N, H, W, 1), this is \(view.shape)")
    }
    let side = stage.inputSize
    var map = [Int32](repeating: 0, count: view.shape[0] * side * side)
    for item in 0..<view.shape[0] {
      let values = Array(try view.row(item, Float.self))
      Pictures.nearest(values[...], height: view.shape[1], width: view.shape[2], to: side, side) {
        map[item * side * side + $0] = bins.bin(of: $1)
      }
    }
    let labels = LabelMaps.cut(map, batch: view.shape[0], width: side, size: stage.patchSize)
    return LabelMaps.oneHot(labels, values: bins.count)
  }

  private static func panopticTensors(
    _ view: TensorView, _ configuration: UViMConfiguration, _ stage: StageOneConfiguration
  ) throws -> [String: Tensor] {
    let (side, batch) = (stage.inputSize, view.shape[0])
    var maps: [String: [Int32]] = ["semantics": [], "instances": []]
    for item in 0..<batch {
      let values = try view.row(item, Int32.self)
      guard
        !values.indices.contains(where: { $0 % 2 == 0 && values[$0] == 0 && values[$0 + 1] != 0 })
      else {
        throw StageError(
          .input, "segments of category 0 can't be told from void here; number categories from 1 on"
        )
      }
      var labels = [Int32](repeating: 0, count: 2 * side * side)
      let places = Array(0..<(view.shape[1] * view.shape[2]))
      Pictures.nearest(
        places[...], height: view.shape[1], width: view.shape[2], to: side, side
      ) { to, from in
        labels[2 * to] = values[2 * from]
        labels[2 * to + 1] = values[2 * from + 1]
      }
      let canonical = labels.withUnsafeBufferPointer {
        configuration.panopticMaps($0, stage)
      }
      maps["semantics"]? += canonical.semantics
      maps["instances"]? += canonical.instances
    }
    return maps.reduce(into: [:]) { labels, entry in
      labels[entry.key] = LabelMaps.oneHot(
        LabelMaps.cut(entry.value, batch: batch, width: side, size: stage.patchSize),
        values: stage.values(of: entry.key))
    }
  }
}

/// What a UViM model is for.
package enum UViMTask: String, Hashable, Sendable, Codable, CaseIterable {
  case depth, color, panoptic

  /// The labels that its base model takes and gives, in order.
  package var labels: [String] {
    switch self {
    case .depth: ["depth"]
    case .color: ["color"]
    case .panoptic: ["instances", "semantics"]
    }
  }
}

/// A whole model: the base model, the language model, or both; the keys of its `config.json`.
package struct UViMConfiguration: Hashable, Sendable, Codable {
  /// What `config.json` calls such models.
  package static let kind = "uvim"

  package var task: UViMTask
  /// The base model; nil when there is none.
  package var stageOne: StageOneConfiguration?
  /// The language model; nil when there is none.
  package var stageTwo: StageTwoConfiguration?
  /// The least and greatest depth, in metres, that bins divide; of depth models.
  package var depthRange: [Double]?
  /// Names of the categories, of number 1 and on; of panoptic models.
  package var categories: [String]?
  /// Those of them that are counted one by one.
  package var things: [String]?
  /// How the segments of a picture are numbered; of panoptic models, ``InstanceOrder/top`` when left out.
  package var instanceOrder: InstanceOrder?

  enum CodingKeys: String, CodingKey {
    case task, categories, things
    case stageOne = "stage1"
    case stageTwo = "stage2"
    case depthRange = "depth_range"
    case instanceOrder = "instance_order"
  }

  /// Takes its parts.
  package init(
    task: UViMTask, stageOne: StageOneConfiguration?, stageTwo: StageTwoConfiguration?,
    depthRange: [Double]? = nil, categories: [String]? = nil, things: [String]? = nil,
    instanceOrder: InstanceOrder? = nil
  ) {
    self.task = task
    self.stageOne = stageOne
    self.stageTwo = stageTwo
    self.depthRange = depthRange
    self.categories = categories
    self.things = things
    self.instanceOrder = instanceOrder
  }

  /// Checks that both models speak of the same code and labels.
  ///
  /// - Throws: ``UViMError``.
  package func check() throws(UViMError) {
    if let stageOne {
      try UViMError.require(
        stageOne.labelNames == task.labels, "stage1.inputs", "\(stageOne.labelNames)",
        "\(task.labels) for the task '\(task)'")
    }
    if let stageOne, let stageTwo {
      try UViMError.require(
        stageTwo.codeLength == stageOne.codeLength, "stage2.seq_len", "\(stageTwo.codeLength)",
        "'stage1.code_len', which is \(stageOne.codeLength)")
      try UViMError.require(
        stageTwo.vocabulary == stageOne.dictionarySize + 1, "stage2.vocab",
        "\(stageTwo.vocabulary)",
        "one more than 'stage1.dict_size', which is \(stageOne.dictionarySize)")
    }
    if let depthRange {
      try UViMError.require(
        depthRange.count == 2 && depthRange[0] > 0 && depthRange[0] < depthRange[1], "depth_range",
        "\(depthRange)", "two depths above 0, the less first")
    }
  }

  /// Depth by bins.
  package var depthBins: DepthBins {
    DepthBins(
      range: (depthRange?[0] ?? 0.001)...(depthRange?[1] ?? 10),
      count: stageOne?.values(of: "depth") ?? 256)
  }

  /// What a panoptic model learns from; see ``PanopticLabels/canonical(_:width:semantics:instances:order:things:)``.
  ///
  /// - Parameters:
  ///   - labels: (size, size, 2): category and number of the segment.
  ///   - stage: The base model.
  /// - Returns: Labels of semantics and of instances, each (size, size).
  package func panopticMaps(
    _ labels: UnsafeBufferPointer<Int32>, _ stage: StageOneConfiguration
  ) -> (semantics: [Int32], instances: [Int32]) {
    let counted = Set(things ?? [])
    let things = (categories ?? []).enumerated().filter { counted.contains($0.element) }
    return PanopticLabels.canonical(
      labels, width: stage.inputSize, semantics: stage.values(of: "semantics"),
      instances: stage.values(of: "instances"), order: instanceOrder ?? .top,
      things: Set(things.map { Int32($0.offset + 1) }))
  }
}

import JobModel

/// Sizes for the named dimensions of a stage's inputs.
struct SampleSizes: Hashable, Sendable {
  private var height = 5
  private var width = 7
  private var channels = 3
  private var other = 6
  /// Sizes that stand above the rest, by name.
  private var named: [String: Int] = [:]

  /// Sizes to try in turn until a stage takes one.
  static let candidates: [SampleSizes] = {
    let sides = [
      (5, 7, 6), (8, 8, 8), (16, 16, 16), (32, 32, 4), (64, 64, 64), (4, 4, 2), (1, 1, 1),
    ]
    return [3, 1, 4].flatMap { channels in
      sides.map { SampleSizes(height: $0.0, width: $0.1, channels: channels, other: $0.2) }
    }
  }()

  private init(height: Int, width: Int, channels: Int, other: Int) {
    (self.height, self.width, self.channels, self.other) = (height, width, channels, other)
  }

  /// Random sizes of 1 to `most` for these names.
  init(names: Set<String>, most: Int, _ numbers: inout SampleNumbers) {
    for name in names.sorted() {
      named[name] =
        Self.isChannels(name) && Bool.random(using: &numbers)
        ? [1, 3][Int.random(in: 0...1, using: &numbers)] : Int.random(in: 1...most, using: &numbers)
    }
  }

  subscript(_ name: String) -> Int {
    if let size = named[name] { return size }
    if name.hasPrefix("H") { return height }
    if name.hasPrefix("W") { return width }
    return Self.isChannels(name) ? channels : other
  }

  /// The same with one size changed.
  func with(_ name: String, _ size: Int) -> SampleSizes {
    var changed = self
    changed.named[name] = size
    return changed
  }

  private static func isChannels(_ name: String) -> Bool { name.hasPrefix("C") }
}

extension StageDescription {
  /// Names of its inputs' dimensions without the batch.
  var inputDimensionNames: Set<String> {
    let names = inputs.flatMap { port in
      (port.dimensions ?? []).dropFirst().compactMap { dimension -> String? in
        if case .named(let name) = dimension { name } else { nil }
      }
    }
    return Set(names)
  }
}

extension PortDescription {
  /// Sizes of one item at this input.
  func sampleShape(_ sizes: SampleSizes, _ given: [Int]?) -> [Int] {
    if let given { return given }
    guard let dimensions else { return [sizes["H"], sizes["W"], sizes["C"]] }
    return dimensions.dropFirst().map { dimension in
      switch dimension {
      case .fixed(let size): size
      case .named(let name): sizes[name]
      case .any: sizes["other"]
      }
    }
  }
}

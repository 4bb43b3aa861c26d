/// The stages in Swift and their tests, by kind.
enum SwiftStages {
  static func body(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map: map
    case .source: source
    case .sink: sink
    case .task: task
    }
  }

  static func test(_ kind: PluginTemplate.Kind) -> String {
    let assertion =
      switch kind {
      case .map: "#expect([0, 0.25, 0.75].map { @TYPE@.multiplied($0, by: 2) } == [0, 0.5, 1])"
      case .source:
        """
        let noise = @TYPE@.noise(64, seed: 7)
            #expect(noise == @TYPE@.noise(64, seed: 7))
            #expect(noise != @TYPE@.noise(64, seed: 8))
            #expect(noise.allSatisfy { (0..<1).contains($0) })
        """
      case .sink:
        "#expect(@TYPE@.mean(of: [0, 0.5, 1]) == 0.5)\n    #expect(@TYPE@.mean(of: []) == 0)"
      case .task: "#expect(@TYPE@.next(41) == 42)"
      }
    return """
      import Testing

      @testable import @TYPE@

      /// Tests of what needs no host; `lattice plugin validate` tries the rest.
      @Suite struct @TYPE@Tests {
        @Test func works() {
          \(assertion)
        }
      }

      """
  }

  private static let map = """
    import StageSDK

    /// Multiplies pictures by a number.
    final class @TYPE@: Stage, Sendable {
      struct Parameters: Decodable { let gain: Float }

      static let descriptor = StageDescriptor(
        id: "@STAGE@", version: "1.0.0", summary: "@SUMMARY@", kind: .map,
        parameters: [.number("gain", default: 1, range: 0...8, "What values are multiplied by.")],
        inputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Pictures of 0...1.")],
        outputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Cut at 1.")],
        isParallel: true)

      private let gain: Float

      init(parameters: Parameters, context: StageContext) throws { gain = parameters.gain }

      func process(_ batch: Batch) throws {
        let input = try batch.input("image")
        let output = try batch.output("image", .f32, shape: input.shape)
        try batch.forEachItem { [gain] index in
          let (source, target) = (try input.row(index, Float.self), try output.row(index, Float.self))
          for place in source.indices { target[place] = Self.multiplied(source[place], by: gain) }
        }
      }

      static func multiplied(_ value: Float, by gain: Float) -> Float { min(value * gain, 1) }
    }

    """

  private static let source = """
    import StageSDK

    /// Makes pictures of noise.
    final class @TYPE@: Stage, Sendable {
      struct Parameters: Decodable { let size: Int }

      static let descriptor = StageDescriptor(
        id: "@STAGE@", version: "1.0.0", summary: "@SUMMARY@", kind: .source,
        parameters: [.integer("size", default: 64, range: 1...4096, "Pixels across and down.")],
        outputs: [.tensor("image", [.f32], ["N", "H", "W", 1], semantic: "image", "Noise of 0..<1.")],
        needsSeed: true, isParallel: true)

      private let size: Int

      init(parameters: Parameters, context: StageContext) throws { size = parameters.size }

      static func outputs(
        for inputs: [String: TensorShape], parameters: Parameters
      ) throws -> [String: TensorShape]? {
        let sizes = [-1, parameters.size, parameters.size, 1]
        return ["image": TensorShape(type: .f32, dimensions: sizes, semantic: "image.gray")]
      }

      func process(_ batch: Batch) throws {
        let output = try batch.output("image", .f32, shape: [batch.count, size, size, 1])
        try batch.forEachItem { [size] index in
          let target = try output.row(index, Float.self)
          // The seed is the same on every attempt and machine.
          _ = target.update(fromContentsOf: Self.noise(size * size, seed: batch.item(index).seed))
        }
      }

      /// Numbers of 0..<1 that depend on the seed alone (SplitMix64).
      static func noise(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
          state &+= 0x9E37_79B9_7F4A_7C15
          var bits = state
          bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
          bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
          return Float((bits ^ bits >> 31) >> 40) / 16_777_216
        }
      }
    }

    """

  private static let sink = """
    import FoundationEssentials
    import StageSDK

    /// Writes the mean of each picture to a text file.
    final class @TYPE@: Stage, Sendable {
      struct Parameters: Decodable { let digits: Int }

      static let descriptor = StageDescriptor(
        id: "@STAGE@", version: "1.0.0", summary: "@SUMMARY@", kind: .sink,
        parameters: [.integer("digits", default: 4, range: 1...9, "Digits after the point.")],
        inputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Pictures of 0...1.")],
        isParallel: true)

      private let digits: Int

      init(parameters: Parameters, context: StageContext) throws { digits = parameters.digits }

      func process(_ batch: Batch) throws {
        let input = try batch.input("image")
        try batch.forEachItem { [digits] index in
          let mean = Self.mean(of: try input.row(index, Float.self))
          guard mean.isFinite, abs(mean) < 1e9 else {
            // One bad item doesn't fail the others. The sentence ends up in the job's report.
            throw StageError(.input, "the mean of the picture is \\(mean), which is no brightness")
          }
          let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
          let rounded = (mean * scale).rounded(.toNearestOrEven) / scale
          let path = try batch.outputFile(item: index, name: "{item.stem}.txt")
          do {
            try Data("\\(rounded)\\n".utf8).write(to: URL(filePath: path))
          } catch {
            throw StageError(.noSpace, "'\\(path)' can't be written: \\(error)")
          }
        }
      }

      /// The mean of the values; 0 of none.
      static func mean(of values: some Collection<Float>) -> Double {
        values.isEmpty ? 0 : values.reduce(0) { $0 + Double($1) } / Double(values.count)
      }
    }

    """

  private static let task = """
    import FoundationEssentials
    import StageSDK

    /// Counts to a number, and writes it down.
    final class @TYPE@: Stage {
      struct Parameters: Decodable { let steps: Int }

      static let descriptor = StageDescriptor(
        id: "@STAGE@", version: "1.0.0", summary: "@SUMMARY@", kind: .task,
        parameters: [.integer("steps", default: 100, range: 1...1_000_000, "What is counted to.")])

      private let steps: Int
      private let context: StageContext

      init(parameters: Parameters, context: StageContext) throws {
        steps = parameters.steps
        self.context = context
      }

      func run() throws {
        var count = 0
        while count < steps {
          if context.isCancelled { throw StageError(.cancelled, "was asked to stop") }
          count = Self.next(count)
          context.progress(count, of: steps, unit: "steps")
          try context.report(step: count, metrics: ["count": Double(count)])
        }
        let path = try context.outputFile(name: "count.txt")
        do {
          try Data("\\(count)\\n".utf8).write(to: URL(filePath: path))
        } catch {
          throw StageError(.noSpace, "'\\(path)' can't be written: \\(error)")
        }
      }

      /// One step of the work.
      static func next(_ count: Int) -> Int { count + 1 }
    }

    """
}

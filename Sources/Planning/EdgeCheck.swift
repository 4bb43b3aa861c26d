package import JobModel
import PipelineSpec
import YAML

/// One connection: an output port and the input port that reads it, with the places of both.
struct Edge {
  var producer: SpecStage
  var output: PortDescription
  /// What the producer's own check said; nil when it could not be asked.
  var spec: TensorSpec?
  var consumer: SpecStage
  var input: PortDescription
  var mark: SourceMark
}

/// Holds the two ends of a connection against each other.
enum EdgeCheck {
  /// The first thing that does not fit, or nil.
  static func fault(_ edge: Edge) -> Diagnostic? {
    let types = edge.spec.map { [$0.type] } ?? edge.output.types
    let wanted = "'\(edge.input.name)' of '\(edge.consumer.id.value)' wants \(text(edge.input))"
    let given = "'\(edge.producer.id.value).\(edge.output.name)' gives \(given(edge))"
    if !types.contains(where: edge.input.types.contains) {
      return fault("E109", "\(wanted); \(given)", edge)
    }
    let semantic = edge.spec?.semantic ?? edge.output.semantic
    if let semantic, let expected = edge.input.semantic, !isSame(semantic, expected) {
      return fault(
        "E111", "\(wanted) that mean '\(expected)'; \(given) that mean '\(semantic)'", edge)
    }
    guard let expected = edge.input.dimensions else { return nil }
    let sizes = edge.spec?.shape ?? edge.output.dimensions?.map(size)
    guard let sizes else { return nil }
    guard sizes.count == expected.count else { return fault("E110", "\(wanted); \(given)", edge) }
    for (dimension, size) in zip(expected, sizes).dropFirst() {
      if case .fixed(let fixed) = dimension, size >= 0, size != fixed {
        return fault("E113", "\(wanted); \(given)", edge)
      }
    }
    return nil
  }

  /// `image.rgb` is an `image`, and the reverse may be.
  private static func isSame(_ given: String, _ expected: String) -> Bool {
    given == expected || given.hasPrefix("\(expected).") || expected.hasPrefix("\(given).")
  }

  private static func fault(_ code: String, _ message: String, _ edge: Edge) -> Diagnostic {
    Diagnostic(
      code, message, at: edge.mark, path: "\(edge.consumer.id.value).in.\(edge.input.name)",
      notes: [
        Diagnostic.Note(
          "'\(edge.producer.id.value)' is set up here as \(edge.producer.use.value)",
          at: edge.producer.id.mark)
      ])
  }

  private static func size(_ dimension: PortDescription.Dimension) -> Int {
    if case .fixed(let size) = dimension { size } else { -1 }
  }

  private static func given(_ edge: Edge) -> String {
    guard let spec = edge.spec else { return text(edge.output) }
    return text([spec.type], spec.shape.map { $0 >= 0 ? .fixed($0) : .any })
  }

  static func text(_ port: PortDescription) -> String { text(port.types, port.dimensions) }

  /// `i32[N,8,8]`; `f32|u8[…]` for any rank.
  private static func text(
    _ types: [ElementType], _ dimensions: [PortDescription.Dimension]?
  ) -> String {
    let names = types.map(\.rawValue).joined(separator: "|")
    guard let dimensions else { return "\(names)[…]" }
    let sizes = dimensions.enumerated().map { index, dimension in
      switch dimension {
      case .fixed(let size): String(size)
      case .named(let name): name
      case .any: index == 0 ? "N" : "?"
      }
    }
    return "\(names)[\(sizes.joined(separator: ","))]"
  }
}

/// Finds inputs that give different sizes to one dimension name of a stage.
enum DimensionCheck {
  static func fault(
    _ stage: SpecStage, _ description: StageDescription, inputs: [String: TensorSpec]
  ) -> Diagnostic? {
    var known: [String: (size: Int, port: String)] = [:]
    for port in description.inputs {
      guard let spec = inputs[port.name], let dimensions = port.dimensions,
        dimensions.count == spec.shape.count
      else { continue }
      for (dimension, size) in zip(dimensions, spec.shape).dropFirst() where size >= 0 {
        guard case .named(let name) = dimension else { continue }
        if let first = known[name], first.size != size {
          return Diagnostic(
            "E112",
            "'\(first.port)' and '\(port.name)' of '\(stage.id.value)' must agree in \(name), but give \(first.size) and \(size)",
            at: stage.id.mark, path: "\(stage.id.value).in")
        }
        known[name] = (size, port.name)
      }
    }
    return nil
  }
}

extension PortDescription {
  /// Its type as messages write it: `f32[N,H,W,3]`, or `file`.
  package var typeText: String { isFile ? "file" : EdgeCheck.text(self) }
}

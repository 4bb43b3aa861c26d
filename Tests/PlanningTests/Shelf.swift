import JobModel
import StageCatalog

/// Stages to plan with: pictures are f32 [N,H,W,3], tokens i32 [N,H,W].
enum Shelf {
  static let catalog = StageCatalog([pic, code, lab], searched: ["/plugins"])

  static let pic = plugin(
    "pic",
    [
      read("1.0.0"), read("1.2.0"), read("2.0.0"), write, gray, mix, sheet,
      stage("pic.mark", .map, inputs: [rgb("image")], outputs: [rgb("image")]),
    ])

  static let code = plugin("code", [quantize, show, count])

  static let lab = plugin("lab", [knobs, open, run, pair, peek, train, learn, dice])

  static func plugin(_ name: String, _ stages: [StageDescription]) -> PluginDescription {
    PluginDescription(
      file: PluginFile(
        path: "/plugins/\(name).stage.so", size: 1, mtimeNanoseconds: 1, sha256: name),
      module: ModuleDescription(
        id: name, version: "1.0.0", vendor: "", license: "MIT", buildInfo: nil, abiMinor: 0,
        minHostMinor: 0, stages: stages), broken: nil)
  }

  static func broken(_ name: String, _ reason: String) -> PluginDescription {
    PluginDescription(
      file: PluginFile(
        path: "/plugins/\(name).stage.so", size: 1, mtimeNanoseconds: 1, sha256: name),
      module: nil, broken: reason)
  }

  static func stage(
    _ id: String, _ kind: StageDescription.Kind, version: String = "1.0.0", reduces: Bool = false,
    hasCheck: Bool = false, batch: Int = 0, schema: JSONValue = StageDescription.noParameters,
    inputs: [PortDescription] = [], outputs: [PortDescription] = [], models: [String] = []
  ) -> StageDescription {
    StageDescription(
      id: id, version: version, summary: "", kind: kind, reduces: reduces, hasCheck: hasCheck,
      preferredBatch: batch, parameterSchema: schema, inputs: inputs, outputs: outputs,
      modelSlots: models)
  }

  /// A port; `[N,H,W,3]` as `"N", "H", "W", 3`.
  static func port(
    _ name: String, _ types: [ElementType], _ dimensions: [PortDescription.Dimension]?,
    _ semantic: String? = nil, isOptional: Bool = false
  ) -> PortDescription {
    PortDescription(
      name: name, isOptional: isOptional, semantic: semantic, types: types, dimensions: dimensions)
  }

  static func rgb(_ name: String) -> PortDescription {
    port(name, [.f32], ["N", "H", "W", 3], "image.rgb")
  }

  static func file(_ name: String, isOptional: Bool = false) -> PortDescription {
    PortDescription(name: name, isFile: true, isOptional: isOptional)
  }

  /// A reader's pictures are as large as its parameter says, and of any size when that is 1.
  static func answer(_ entry: StageCheckRequest.Entry) -> StageCheckResponse.Entry {
    var outputs: [String: TensorSpec] = [:]
    if let size = entry.parameters["size"]?.intValue {
      let side = size == 1 ? -1 : size
      outputs["image"] = TensorSpec(type: .f32, shape: [-1, side, side, 3], semantic: "image.rgb")
    }
    return StageCheckResponse.Entry(name: entry.name, outputs: outputs, faults: [])
  }
}

extension PortDescription.Dimension: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  package init(stringLiteral name: String) { self = .named(name) }
  package init(integerLiteral size: Int) { self = .fixed(size) }
}

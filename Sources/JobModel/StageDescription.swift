/// What a plugin says of itself, as `lattice-worker describe` prints it and the catalog caches it.
package struct PluginDescription: Codable, Hashable, Sendable {
  /// The file as it was when described.
  package var file: PluginFile
  /// Present when the plugin could be loaded.
  package var module: ModuleDescription?
  /// Present when it could not: a sentence that says why and what to do.
  package var broken: String?

  package init(file: PluginFile, module: ModuleDescription?, broken: String?) {
    self.file = file
    self.module = module
    self.broken = broken
  }
}

/// Identity of a plugin's file; a change of any part makes a cached description stale.
package struct PluginFile: Codable, Hashable, Sendable {
  package var path: String
  package var size: Int
  package var mtimeNanoseconds: Int
  /// 64 lower-case hexadecimal digits.
  package var sha256: String

  package init(path: String, size: Int, mtimeNanoseconds: Int, sha256: String) {
    self.path = path
    self.size = size
    self.mtimeNanoseconds = mtimeNanoseconds
    self.sha256 = sha256
  }

  /// Whether a file of this size and time of change is taken for the same without reading it.
  package func looksLike(size: Int?, mtimeNanoseconds: Int?) -> Bool {
    self.size == size && self.mtimeNanoseconds == mtimeNanoseconds
  }
}

package struct ModuleDescription: Codable, Hashable, Sendable {
  package var id: String
  package var version: String
  package var vendor: String
  package var license: String
  package var buildInfo: String?
  package var abiMinor: Int
  package var minHostMinor: Int
  package var stages: [StageDescription]
  /// Stages that can't be used; the others can.
  package var brokenStages: [BrokenStage]

  package init(
    id: String, version: String, vendor: String, license: String, buildInfo: String?,
    abiMinor: Int, minHostMinor: Int, stages: [StageDescription], brokenStages: [BrokenStage] = []
  ) {
    self.id = id
    self.version = version
    self.vendor = vendor
    self.license = license
    self.buildInfo = buildInfo
    self.abiMinor = abiMinor
    self.minHostMinor = minHostMinor
    self.stages = stages
    self.brokenStages = brokenStages
  }
}

/// A stage whose tables are wrong, in a plugin that could be loaded.
package struct BrokenStage: Codable, Hashable, Sendable {
  /// Its id, or its place when it has none: `stage 2`.
  package var id: String
  /// As the plugin writes it; empty when it has none.
  package var version: String
  /// What is wrong, without a full stop.
  package var reason: String

  package init(id: String, version: String, reason: String) {
    self.id = id
    self.version = version
    self.reason = reason
  }
}

/// One stage of a plugin.
package struct StageDescription: Codable, Hashable, Sendable {
  /// The schema of a stage that gives none: it takes no parameters.
  package static let noParameters = JSONValue.object([
    "type": .string("object"), "additionalProperties": .bool(false),
  ])

  package enum Kind: String, Codable, Hashable, Sendable { case source, map, sink, task }

  package var id: String
  package var version: String
  package var summary: String
  package var kind: Kind
  package var isDeterministic: Bool
  package var needsSeed: Bool
  package var isParallel: Bool
  package var reduces: Bool
  /// A task that makes a model, so that the spec has to name it.
  package var publishes: Bool
  /// True when the stage has a `check` function; else sizes follow from dimension names.
  package var hasCheck: Bool
  /// 0 leaves it to the host.
  package var preferredBatch: Int
  /// JSON Schema of the parameters.
  package var parameterSchema: JSONValue
  package var inputs: [PortDescription]
  package var outputs: [PortDescription]
  package var modelSlots: [String]

  package init(
    id: String, version: String, summary: String, kind: Kind, isDeterministic: Bool = true,
    needsSeed: Bool = false, isParallel: Bool = false, reduces: Bool = false,
    publishes: Bool = false, hasCheck: Bool = false, preferredBatch: Int = 0,
    parameterSchema: JSONValue = StageDescription.noParameters,
    inputs: [PortDescription] = [], outputs: [PortDescription] = [], modelSlots: [String] = []
  ) {
    self.id = id
    self.version = version
    self.summary = summary
    self.kind = kind
    self.isDeterministic = isDeterministic
    self.needsSeed = needsSeed
    self.isParallel = isParallel
    self.reduces = reduces
    self.publishes = publishes
    self.hasCheck = hasCheck
    self.preferredBatch = preferredBatch
    self.parameterSchema = parameterSchema
    self.inputs = inputs
    self.outputs = outputs
    self.modelSlots = modelSlots
  }
}

/// An input or output of a stage.
package struct PortDescription: Codable, Hashable, Sendable {
  /// One dimension: a fixed size, or a name that stands for one size within the stage ("N" is the batch).
  package enum Dimension: Codable, Hashable, Sendable {
    case fixed(Int)
    case named(String)
    /// Neither size nor name is promised.
    case any
  }

  package var name: String
  package var isFile: Bool
  package var isOptional: Bool
  package var semantic: String?
  package var doc: String
  /// Empty for a file port.
  package var types: [ElementType]
  /// With the batch dimension first; nil when any rank will do.
  package var dimensions: [Dimension]?

  package init(
    name: String, isFile: Bool = false, isOptional: Bool = false, semantic: String? = nil,
    doc: String = "", types: [ElementType] = [], dimensions: [Dimension]? = nil
  ) {
    self.name = name
    self.isFile = isFile
    self.isOptional = isOptional
    self.semantic = semantic
    self.doc = doc
    self.types = types
    self.dimensions = dimensions
  }
}

/// Types of a tensor's elements that may cross between stages.
package enum ElementType: String, Codable, Hashable, Sendable, CaseIterable {
  case bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64

  package var byteCount: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }
}

/// The type and size of a tensor before it exists; -1 where a size is unknown or differs from item to item.
package struct TensorSpec: Codable, Hashable, Sendable {
  package var type: ElementType
  /// With the batch dimension first, which is always -1 here.
  package var shape: [Int]
  package var semantic: String?

  package init(type: ElementType, shape: [Int], semantic: String?) {
    self.type = type
    self.shape = shape
    self.semantic = semantic
  }
}

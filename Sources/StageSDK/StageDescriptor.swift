/// What a stage is called, takes and gives; everything the checks before a run are made from.
public struct StageDescriptor: Sendable {
  /// Where a stage stands in a pipeline.
  public enum Kind: Int32, Sendable {
    /// Items in, tensors out.
    case source = 0
    /// Tensors in, tensors out.
    case map = 1
    /// Tensors in, files out.
    case sink = 2
    /// Runs once for the whole job.
    case task = 3
  }

  /// `family.verb`.
  public var id: String
  /// Semantic version.
  public var version: String
  /// One line.
  public var summary: String
  /// Where it stands in a pipeline.
  public var kind: Kind
  /// In the order they are shown.
  public var parameters: [ParameterSpec]
  /// What goes in.
  public var inputs: [Port]
  /// What comes out.
  public var outputs: [Port]
  /// Items per call; 0 leaves it to the host.
  public var preferredBatch: Int
  /// The same inputs and parameters give the same bytes.
  public var isDeterministic: Bool
  /// Draws random numbers from ``BatchItem/seed``.
  public var needsSeed: Bool
  /// `process` may run on several threads at once.
  public var isParallel: Bool
  /// Gathers over the whole job: state is saved per shard, then loaded into one instance that finishes.
  public var reduces: Bool
  /// A task that fills ``StageContext/modelDirectory``, so that the spec has to name the model.
  public var publishesModel: Bool
  /// Names of the models it opens.
  public var modelSlots: [String]

  /// Describes a stage.
  public init(
    id: String, version: String, summary: String, kind: Kind, parameters: [ParameterSpec] = [],
    inputs: [Port] = [], outputs: [Port] = [], preferredBatch: Int = 0,
    isDeterministic: Bool = true,
    needsSeed: Bool = false, isParallel: Bool = false, reduces: Bool = false,
    publishesModel: Bool = false, modelSlots: [String] = []
  ) {
    self.id = id
    self.version = version
    self.summary = summary
    self.kind = kind
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.preferredBatch = preferredBatch
    self.isDeterministic = isDeterministic
    self.needsSeed = needsSeed
    self.isParallel = isParallel
    self.reduces = reduces
    self.publishesModel = publishesModel
    self.modelSlots = modelSlots
  }
}

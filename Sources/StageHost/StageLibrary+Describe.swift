import CStageABI
import FoundationEssentials
package import JobModel
import ParameterSchemas
import Versions

extension StageLibrary {
  /// What the plugin says of itself, checked.
  ///
  /// - Throws: ``StageLibraryError/invalidTable(path:fault:)`` with the first thing that is wrong.
  package func describe() throws(StageLibraryError) -> ModuleDescription {
    do throws(TableFault) {
      let module = self.module.pointee
      let tables = stageTables
      guard tables.count == Int(module.n_stages) else { throw TableFault("it has a null stage") }
      guard !tables.isEmpty else { throw TableFault("it has no stages") }
      var stages: [StageDescription] = []
      var broken: [BrokenStage] = []
      for (index, table) in tables.enumerated() {
        do throws(TableFault) {
          stages.append(try Self.stage(table, "stage \(index)"))
        } catch {
          broken.append(Self.broken(table, "stage \(index)", error))
        }
      }
      let ids = stages.map(\.id) + broken.map(\.id)
      for (index, id) in ids.enumerated() where ids[..<index].contains(id) {
        throw TableFault("it has two stages '\(id)'")
      }
      return ModuleDescription(
        id: try Self.required(module.id, "the module's id"),
        version: try Self.version(module.version, "the module"),
        vendor: text(module.vendor) ?? "", license: text(module.license) ?? "",
        buildInfo: text(module.build_info), abiMinor: Int(module.abi_minor),
        minHostMinor: Int(module.min_host_minor), stages: stages, brokenStages: broken)
    } catch {
      throw .invalidTable(path: path, fault: error.text)
    }
  }

  private struct TableFault: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func broken(
    _ table: UnsafePointer<lattice_stage>, _ place: String, _ fault: TableFault
  ) -> BrokenStage {
    let isWhole = table.pointee.struct_size >= UInt32(MinorZero.stage)
    let id = isWhole ? text(table.pointee.id) ?? "" : ""
    return BrokenStage(
      id: id.isEmpty ? place : id, version: isWhole ? text(table.pointee.version) ?? "" : "",
      reason: fault.text)
  }

  private static func stage(
    _ pointer: UnsafePointer<lattice_stage>, _ place: String
  ) throws(TableFault) -> StageDescription {
    let size = pointer.pointee.struct_size
    guard size >= UInt32(MinorZero.stage) else {
      throw TableFault("\(place) has a table of \(size) bytes, the least is \(MinorZero.stage)")
    }
    let table = sized(pointer, size)
    let id = try required(table.id, "the id of \(place)")
    let kinds: [StageDescription.Kind] = [.source, .map, .sink, .task]
    guard kinds.indices.contains(Int(table.kind)) else {
      throw TableFault("stage '\(id)' has kind \(table.kind), known are 0 to 3")
    }
    let kind = kinds[Int(table.kind)]
    guard table.create != nil, table.destroy != nil,
      kind == .task ? table.run != nil : table.process != nil
    else {
      throw TableFault(
        "stage '\(id)' lacks create, destroy or \(kind == .task ? "run" : "process")")
    }
    let schema = try parameterSchema(table.params_schema, id)
    let reduces = table.flags & UInt32(LATTICE_STAGE_REDUCES) != 0
    guard !reduces || (table.save_state != nil && table.load_state != nil) else {
      throw TableFault("stage '\(id)' reduces but has no save_state and load_state")
    }
    guard table.n_model_slots <= mostPorts else {
      throw TableFault(
        "stage '\(id)' has \(table.n_model_slots) model slots, at most \(mostPorts) will do")
    }
    let publishes = table.flags & UInt32(LATTICE_STAGE_PUBLISHES) != 0
    guard !publishes || kind == .task else {
      throw TableFault("stage '\(id)' publishes a model but is no task")
    }
    return StageDescription(
      id: id, version: try version(table.version, "stage '\(id)'"),
      summary: text(table.summary) ?? "", kind: kind,
      isDeterministic: table.flags & UInt32(LATTICE_STAGE_DETERMINISTIC) != 0,
      needsSeed: table.flags & UInt32(LATTICE_STAGE_NEEDS_SEED) != 0,
      isParallel: table.flags & UInt32(LATTICE_STAGE_PARALLEL) != 0, reduces: reduces,
      publishes: publishes, hasCheck: table.check != nil,
      preferredBatch: Int(table.preferred_batch),
      parameterSchema: schema, inputs: try ports(table.inputs, table.n_inputs, "input of '\(id)'"),
      outputs: try ports(table.outputs, table.n_outputs, "output of '\(id)'"),
      modelSlots: (0..<Int(table.n_model_slots)).compactMap { text(table.model_slots?[$0]) })
  }

  private static func parameterSchema(
    _ pointer: UnsafePointer<CChar>?, _ id: String
  ) throws(TableFault) -> JSONValue {
    guard let found = text(pointer) else { return StageDescription.noParameters }
    guard let schema = try? JSONValue(parsing: Data(found.utf8)), schema.objectValue != nil else {
      throw TableFault("the parameter schema of stage '\(id)' is no JSON object")
    }
    do throws(SchemaError) {
      _ = try ParameterSchema(schema)
    } catch {
      throw TableFault("the parameter schema of stage '\(id)' \(error.description)")
    }
    return schema
  }

  /// More than any stage has; what is beyond was never meant.
  private static let (mostPorts, mostTypes) = (UInt32(256), UInt32(256))

  private static func ports(
    _ table: UnsafePointer<UnsafePointer<lattice_port>?>?, _ count: UInt32, _ place: String
  ) throws(TableFault) -> [PortDescription] {
    var result: [PortDescription] = []
    guard count <= mostPorts else {
      throw TableFault("\(place) counts to \(count), at most \(mostPorts) will do")
    }
    for index in 0..<Int(count) {
      guard let pointer = table?[index] else { throw TableFault("\(place) \(index) is null") }
      let size = pointer.pointee.struct_size
      guard size >= UInt32(MinorZero.port) else {
        throw TableFault(
          "\(place) \(index) has a table of \(size) bytes, the least is \(MinorZero.port)")
      }
      let port = sized(pointer, size)
      let name = try required(port.name, "the name of \(place) \(index)")
      guard !result.contains(where: { $0.name == name }) else {
        throw TableFault("\(place): the name '\(name)' stands twice")
      }
      result.append(try self.port(port, name, place))
    }
    return result
  }

  private static func port(
    _ port: lattice_port, _ name: String, _ place: String
  ) throws(TableFault) -> PortDescription {
    let isFile = port.flags & UInt32(LATTICE_PORT_FILE) != 0
    var types: [ElementType] = []
    guard port.n_dtypes <= mostTypes else {
      throw TableFault(
        "\(place) '\(name)' names \(port.n_dtypes) types, at most \(mostTypes) will do")
    }
    for index in 0..<Int(port.n_dtypes) {
      guard let type = port.dtypes.flatMap({ ElementType($0[index]) }) else {
        throw TableFault("\(place) '\(name)' has a type that can't cross between stages")
      }
      types.append(type)
    }
    guard isFile || !types.isEmpty else { throw TableFault("\(place) '\(name)' names no types") }
    var dimensions: [PortDescription.Dimension]?
    guard port.ndim <= knownRanks.upperBound else {
      throw TableFault("\(place) '\(name)' has rank \(port.ndim), at most 32 will do")
    }
    if !isFile, port.ndim >= 0 {
      dimensions = (0..<Int(port.ndim)).map { index in
        let size = port.dims?[index] ?? -1
        if size >= 0 { return .fixed(Int(size)) }
        return port.dim_names.flatMap { text($0[index]) }.map { .named($0) } ?? .any
      }
    }
    return PortDescription(
      name: name, isFile: isFile, isOptional: port.flags & UInt32(LATTICE_PORT_OPTIONAL) != 0,
      semantic: text(port.semantic), doc: text(port.doc) ?? "", types: types, dimensions: dimensions
    )
  }

  private static func required(
    _ pointer: UnsafePointer<CChar>?, _ what: String
  ) throws(TableFault) -> String {
    guard let found = text(pointer), !found.isEmpty else { throw TableFault("\(what) is missing") }
    return found
  }

  private static func version(
    _ pointer: UnsafePointer<CChar>?, _ place: String
  ) throws(TableFault) -> String {
    let found = try required(pointer, "the version of \(place)")
    guard Version(found) != nil else {
      throw TableFault(
        "the version '\(found)' of \(place) is no semantic version such as 1.2.3 or 1.2.3-beta.1")
    }
    return found
  }
}

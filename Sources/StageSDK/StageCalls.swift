import CStageABI
import FoundationEssentials

/// What the C side's `self` points to.
final class StageInstance {
  let stage: any Stage
  let context: StageContext

  init(stage: any Stage, context: StageContext) {
    self.stage = stage
    self.context = context
  }
}

/// The functions behind the C table; each turns thrown errors into a status and a sentence.
enum StageCalls {
  static let check:
    @convention(c) (
      UnsafePointer<lattice_stage_config>?,
      UnsafePointer<UnsafePointer<lattice_tensor_spec>?>?, UInt32, OpaquePointer?
    ) -> lattice_status = { config, inputs, count, result in
      guard let config = config?.pointee, let host = config.host, let result,
        let type = StageRegistry.type(text(config.stage_id))
      else { return LATTICE_INTERNAL }
      let shapes = (0..<Int(count)).compactMap { index in
        inputs?[index].flatMap { TensorShape.read($0.pointee) }
      }
      do {
        let outputs = try outputs(
          of: type, parameters: text(config.params_json),
          inputs: Dictionary(shapes, uniquingKeysWith: { $1 }))
        for (port, shape) in outputs.sorted(by: { $0.key < $1.key }) {
          shape.report(port: port, host: host, result: result)
        }
      } catch {
        let fault = StageError(wrapping: error)
        withOptionalCString(fault.parameter) { parameter in
          fault.message.withCString { host.pointee.check_fault(result, parameter, $0) }
        }
      }
      return LATTICE_OK
    }

  static let create:
    @convention(c) (
      UnsafePointer<lattice_stage_config>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> lattice_status = { config, this in
      guard let config = config?.pointee, let host = config.host, let handle = config.context,
        let type = StageRegistry.type(text(config.stage_id))
      else { return LATTICE_INTERNAL }
      let context = StageContext(
        host: host, handle: handle, instanceName: text(config.instance_name))
      return guarded(context) {
        let stage = try make(type, parameters: text(config.params_json), context: context)
        let instance = StageInstance(stage: stage, context: context)
        this?.pointee = Unmanaged.passRetained(instance).toOpaque()
      }
    }

  static func call(
    _ this: UnsafeMutableRawPointer?, _ body: (StageInstance) throws -> Void
  ) -> lattice_status {
    guard let this else { return LATTICE_INTERNAL }
    let instance = Unmanaged<StageInstance>.fromOpaque(this).takeUnretainedValue()
    return guarded(instance.context) { try body(instance) }
  }

  static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }

  private static func guarded(
    _ context: StageContext, _ body: () throws -> Void
  ) -> lattice_status {
    do {
      try body()
      return LATTICE_OK
    } catch let refusal as HostRefusal {
      return refusal.status
    } catch {
      let fault = StageError(wrapping: error)
      fault.message.withCString {
        context.host.pointee.set_error(context.handle, fault.code.rawValue, $0)
      }
      return fault.code.rawValue
    }
  }

  private static func make<Kind: Stage>(
    _ type: Kind.Type, parameters: String, context: StageContext
  ) throws -> any Stage {
    try Kind(parameters: decode(Kind.Parameters.self, parameters), context: context)
  }

  private static func outputs<Kind: Stage>(
    of type: Kind.Type, parameters: String, inputs: [String: TensorShape]
  ) throws -> [String: TensorShape] {
    let parameters = try decode(Kind.Parameters.self, parameters)
    if let outputs = try Kind.outputs(for: inputs, parameters: parameters) { return outputs }
    return Kind.descriptor.outputsByName(inputs)
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}

extension StageError {
  /// Any error as one of ours.
  init(wrapping error: any Error) {
    switch error {
    case let error as StageError: self = error
    case DecodingError.keyNotFound(let key, _):
      self.init(
        .config, "the parameter '\(key.stringValue)' is missing", parameter: key.stringValue)
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      guard let name = context.codingPath.first?.stringValue else {
        // That is how the decoder reports a number that does not fit its type, without saying which.
        self.init(
          .config,
          "the parameters can't be read: a number is too large or not whole, or the text is no JSON"
        )
        return
      }
      self.init(
        .config, "the parameter '\(name)' has another type than the stage expects",
        parameter: name)
    default: self.init(.internal, "\(error)")
    }
  }
}

extension StageDescriptor {
  /// Outputs whose sizes follow from dimension names.
  func outputsByName(_ inputs: [String: TensorShape]) -> [String: TensorShape] {
    var sizes: [String: Int] = [:]
    for port in self.inputs {
      guard let shape = inputs[port.name], let dimensions = port.dimensions else { continue }
      for (dimension, size) in zip(dimensions, shape.dimensions) {
        if case .named(let name) = dimension { sizes[name] = size }
      }
    }
    var result: [String: TensorShape] = [:]
    for port in outputs {
      guard let type = port.types.first, let dimensions = port.dimensions else { continue }
      let shape = dimensions.enumerated().map { index, dimension in
        switch dimension {
        case .fixed(let size): size
        case .named(let name): index == 0 ? -1 : sizes[name, default: -1]
        }
      }
      result[port.name] = TensorShape(type: type, dimensions: shape, semantic: port.semantic)
    }
    return result
  }
}

extension TensorShape {
  /// Takes a spec of the ABI; nil when its type is unknown here.
  static func read(_ spec: lattice_tensor_spec) -> (String, TensorShape)? {
    guard let type = ElementType(spec.dtype) else { return nil }
    let dimensions = (0..<Int(spec.ndim)).map { Int(spec.dims[$0]) }
    let semantic = spec.semantic.map { String(cString: $0) }
    return (
      StageCalls.text(spec.port),
      TensorShape(type: type, dimensions: dimensions, semantic: semantic)
    )
  }

  func report(port: String, host: UnsafePointer<lattice_host>, result: OpaquePointer) {
    dimensions.map { Int64($0) }.withUnsafeBufferPointer { sizes in
      port.withCString { port in
        withOptionalCString(semantic) { semantic in
          var spec = lattice_tensor_spec()
          spec.struct_size = UInt32(MemoryLayout<lattice_tensor_spec>.size)
          spec.port = port
          spec.semantic = semantic
          spec.dtype = type.dataType
          spec.ndim = Int32(sizes.count)
          spec.dims = sizes.baseAddress
          withUnsafePointer(to: spec) { host.pointee.check_output(result, $0) }
        }
      }
    }
  }
}

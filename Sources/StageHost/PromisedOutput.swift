import CStageABI
import JobModel

/// What a stage's `check` says of an output.
enum PromisedOutput {
  /// Why a promise can't be understood.
  struct Fault: Error {
    let text: String
  }

  /// Reads what a plugin passed to `check_output`.
  static func read(
    _ pointer: UnsafePointer<lattice_tensor_spec>
  ) throws(Fault) -> (port: String, spec: TensorSpec) {
    let size = pointer.pointee.struct_size
    guard size >= UInt32(MinorZero.tensorSpec) else {
      throw Fault(text: "an output in \(size) bytes, the least is \(MinorZero.tensorSpec)")
    }
    let spec = sized(pointer, size)
    guard let port = text(spec.port) else { throw Fault(text: "an output without a name") }
    guard let type = ElementType(spec.dtype) else {
      throw Fault(
        text:
          "type code \(spec.dtype.code), \(spec.dtype.bits) bits, \(spec.dtype.lanes) lanes for the output '\(port)', which can't cross between stages"
      )
    }
    guard knownRanks.contains(spec.ndim), spec.ndim == 0 || spec.dims != nil else {
      throw Fault(text: "rank \(spec.ndim) without sizes for the output '\(port)'")
    }
    let shape = (0..<Int(spec.ndim)).map { Int(spec.dims[$0]) }
    if let size = shape.first(where: { $0 < -1 }) {
      throw Fault(text: "a size of \(size) for the output '\(port)'")
    }
    return (port, TensorSpec(type: type, shape: shape, semantic: text(spec.semantic)))
  }

  /// Holds promises against the ports of the stage that made them.
  ///
  /// - Parameters:
  ///   - outputs: By port, what was promised.
  ///   - stage: The stage.
  ///   - knowsInputs: Whether it was told of all that it is connected to; if not, it may be unable to tell.
  /// - Returns: A sentence for each promise that is broken already.
  static func faults(
    _ outputs: [String: TensorSpec], of stage: StageDescription, knowsInputs: Bool
  ) -> [String] {
    var faults: [String] = []
    for name in outputs.keys.sorted() where !stage.outputs.contains(where: { $0.name == name }) {
      faults.append("its check tells of an output '\(name)', which the stage does not have")
    }
    for port in stage.outputs where !port.isFile {
      guard let spec = outputs[port.name] else {
        if knowsInputs { faults.append("its check says nothing of the output '\(port.name)'") }
        continue
      }
      if let fault = fault(spec, at: port) { faults.append(fault) }
    }
    return faults
  }

  private static func fault(_ spec: TensorSpec, at port: PortDescription) -> String? {
    let start = "its check promises \(spec.text) at '\(port.name)'"
    guard port.types.contains(spec.type) else {
      return "\(start), its port gives \(port.types.map(\.rawValue).joined(separator: " or "))"
    }
    guard let dimensions = port.dimensions else { return nil }
    guard dimensions.count == spec.shape.count else {
      return "\(start), its port has rank \(dimensions.count)"
    }
    for (index, dimension) in dimensions.enumerated().dropFirst() {
      if case .fixed(let size) = dimension, spec.shape[index] != size {
        return "\(start), its port has \(size) as size \(index)"
      }
    }
    return nil
  }
}

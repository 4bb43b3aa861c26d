extension StageDescription {
  /// Outputs whose sizes follow from the names of dimensions; what a stage without a check of its own gives.
  ///
  /// - Parameter inputs: By port; those that are known.
  /// - Returns: By port; outputs of any rank are left out.
  package func outputsByName(_ inputs: [String: TensorSpec]) -> [String: TensorSpec] {
    var sizes: [String: Int] = [:]
    for port in self.inputs {
      guard let spec = inputs[port.name], let dimensions = port.dimensions else { continue }
      for (dimension, size) in zip(dimensions, spec.shape) {
        if case .named(let name) = dimension { sizes[name] = size }
      }
    }
    var result: [String: TensorSpec] = [:]
    for port in outputs {
      guard let type = port.types.first, let dimensions = port.dimensions else { continue }
      let shape = dimensions.enumerated().map { index, dimension in
        switch dimension {
        case .fixed(let size): size
        case .named(let name): index == 0 ? -1 : sizes[name] ?? -1
        case .any: -1
        }
      }
      result[port.name] = TensorSpec(type: type, shape: shape, semantic: port.semantic)
    }
    return result
  }
}

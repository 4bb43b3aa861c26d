package import TensorCore

/// Names of tensors that are kept together: `part/name`.
package enum StateNames {
  /// The tensors of a part, under their own names.
  package static func part(_ part: String, of state: [String: Tensor]) -> [String: Tensor] {
    let prefix = "\(part)/"
    var found: [String: Tensor] = [:]
    for (name, tensor) in state where name.hasPrefix(prefix) {
      found[String(name.dropFirst(prefix.count))] = tensor
    }
    return found
  }

  /// Puts tensors under a part's name.
  package static func add(
    _ tensors: [String: Tensor], as part: String, to state: inout [String: Tensor]
  ) {
    for (name, tensor) in tensors { state["\(part)/\(name)"] = tensor }
  }
}

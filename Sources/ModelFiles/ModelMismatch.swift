import Autograd
package import Checkpoints
import FileNames
import TensorFiles

/// Everything in which a checkpoint differs from the network that it is to be loaded into.
package struct ModelMismatch: Error, Hashable, Sendable {
  /// A tensor that the network needs and the checkpoint lacks.
  package struct Missing: Hashable, Sendable {
    package let name: String
    package let shape: [Int]
    /// Names of the checkpoint that may be meant.
    package let near: [String]
  }

  /// A tensor of another shape.
  package struct Misshapen: Hashable, Sendable {
    package let name: String
    package let expected: [Int]
    package let found: [Int]
  }

  /// A tensor whose elements are no floats.
  package struct Mistyped: Hashable, Sendable {
    package let name: String
    package let found: String
  }

  /// The file.
  package let path: String
  /// In the order of the network, as are those of ``misshapen`` and ``mistyped``.
  package var missing: [Missing] = []
  /// Names of the checkpoint that the network has no use for.
  package var unexpected: [String] = []
  package var misshapen: [Misshapen] = []
  package var mistyped: [Mistyped] = []

  /// True when there is none.
  var isEmpty: Bool {
    missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && mistyped.isEmpty
  }
}

extension ModelMismatch: CustomStringConvertible {
  /// Lines of each kind that are shown; the fields have all.
  private static let shown = 200

  package var description: String {
    let counts = [
      (missing.count, "missing"), (unexpected.count, "unexpected"),
      (misshapen.count, "of another shape"), (mistyped.count, "of another type"),
    ]
    let summary = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    var lines = ["'\(path)' doesn't fit the network; of its tensors, \(summary):"]
    lines += Self.lines(missing) { tensor in
      let near = tensor.near.map(ShownName.quoted).joined(separator: ", ")
      let advice = near.isEmpty ? "" : "; near to it: \(near)"
      return "missing \(ShownName.quoted(tensor.name)) \(tensor.shape)\(advice)"
    }
    lines += Self.lines(unexpected) { "unexpected \(ShownName.quoted($0))" }
    lines += Self.lines(misshapen) {
      "\(ShownName.quoted($0.name)) is \($0.found), the network has \($0.expected)"
    }
    lines += Self.lines(mistyped) {
      "\(ShownName.quoted($0.name)) is of type \($0.found), the network needs floats"
    }
    return lines.joined(separator: "\n")
  }

  private static func lines<Tensor>(
    _ tensors: [Tensor], _ line: (Tensor) -> String
  ) -> [String] {
    let more = tensors.count > shown ? ["  … and \(tensors.count - shown) more"] : []
    return tensors.prefix(shown).map { "  \(line($0))" } + more
  }
}

/// Why a network's parameters can't be loaded.
package enum ModelLoadError: Error, Hashable, Sendable, CustomStringConvertible {
  case mismatch(ModelMismatch)
  case checkpoint(CheckpointError)

  package var description: String {
    switch self {
    case .mismatch(let mismatch): mismatch.description
    case .checkpoint(let error): error.description
    }
  }
}

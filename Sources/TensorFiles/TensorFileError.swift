import FileNames

/// Why a tensor file can't be read or written.
package enum TensorFileError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case noSpace(path: String)
  case unknownFormat(path: String)
  case truncated(path: String, expected: Int, found: Int)
  case badHeader(path: String, format: String, fault: String)
  /// Without a name in a format that holds one tensor.
  case unsupportedType(path: String, name: String?, type: String)
  case records(path: String, fields: [String])
  case noTensor(path: String, name: String, found: [String])
  case ambiguous(path: String, found: [String])
}

extension TensorFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "can't read '\(path)': \(reason)"
    case .unwritable(let path, let reason): "can't write '\(path)': \(reason)"
    case .noSpace(let path): "can't write '\(path)': the disk is full"
    case .unknownFormat(let path):
      "'\(path)' is neither .npy nor .safetensors, going by its first bytes"
    case .truncated(let path, let expected, let found):
      "'\(path)' ends early: its header promises \(expected) bytes, the file has \(found)"
    case .badHeader(let path, let format, let fault):
      "'\(path)' is no sound \(format) file: \(fault)"
    case .unsupportedType(let path, let name, let type):
      """
      '\(path)' holds \(name.map { "the tensor \(ShownName.quoted($0)) with " } ?? "")elements of type \
      \(ShownName.quoted(type))\(Self.kind(type)), which Lattice doesn't read; \
      save it as one of \(ScalarType.allCases.map(\.rawValue).joined(separator: ", "))
      """
    case .records(let path, let fields):
      """
      '\(path)' holds records (structured elements with the fields \(Self.list(fields))), which Lattice \
      doesn't read; save each field as an array of its own
      """
    case .noTensor(let path, let name, let found):
      "'\(path)' has no tensor \(ShownName.quoted(name)); it has \(Self.list(found))"
    case .ambiguous(let path, let found):
      "'\(path)' has several tensors, name one: \(Self.list(found))"
    }
  }

  /// What numpy's or safetensors' name of a type means, as ", texts", where that is known.
  package static func kind(_ type: String) -> String {
    if type.hasPrefix("C") || type.hasPrefix("complex") { return ", complex numbers" }
    guard let order = type.first, "<>=|".contains(order) else { return "" }
    return switch type.dropFirst().first {
    case "O": ", Python objects"
    case "U", "S", "a": ", texts"
    case "M", "m": ", times"
    case "c": ", complex numbers"
    case "V": ", bytes without a type"
    default: ""
    }
  }

  private static func list(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none" }
    let shown = names.prefix(8).map(ShownName.quoted).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}

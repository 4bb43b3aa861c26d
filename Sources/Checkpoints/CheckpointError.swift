import FileNames
package import TensorFiles

/// Why a checkpoint can't be read.
package enum CheckpointError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case unknownFormat(path: String, size: Int, likely: ForeignFormat?)
  case repeatedName(path: String, name: String)
  case nameTooLong(path: String, name: String, limit: Int)
  case tooManyNames(path: String, limit: Int, byteLimit: Int)
  case headerTooLong(path: String, found: UInt64, limit: Int)
  case trailingBytes(path: String, count: Int)
  case unsupportedType(path: String, name: String, type: String)
  case zip(path: String, ZipFault)
  case msgpack(path: String, MsgpackFault)
  case tensorFile(TensorFileError)
  case noTensor(path: String, name: String, near: [String], count: Int)
  case inconvertible(path: String, name: String, found: ScalarType, wanted: ScalarType)
  case noMemory(path: String, name: String, bytes: Int)

  /// Calls `body`, whose errors become ``tensorFile(_:)``.
  static func wrapping<Result>(
    _ body: () throws(TensorFileError) -> Result
  ) throws(CheckpointError) -> Result {
    do throws(TensorFileError) { return try body() } catch { throw .tensorFile(error) }
  }
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "can't read '\(path)': \(reason)"
    case .unknownFormat(let path, let size, let likely):
      Self.unknownFormat(path, size: size, likely: likely)
    case .repeatedName(let path, let name):
      "'\(path)' has two tensors \(ShownName.quoted(name)); which of them is meant can't be told"
    case .nameTooLong(let path, let name, let limit):
      "'\(path)' has the name \(ShownName.quoted(name)) of \(name.utf8.count) bytes, more than the limit of \(limit)"
    case .tooManyNames(let path, let limit, let byteLimit):
      "'\(path)' has more than \(limit) names, or more than \(byteLimit) bytes of them"
    case .headerTooLong(let path, let found, let limit):
      "'\(path)' is no sound .safetensors file: its header claims \(found) bytes, more than the limit of \(limit)"
    case .trailingBytes(let path, let count):
      "'\(path)' is no sound .npy file: \(count) bytes follow its array"
    case .unsupportedType(let path, let name, let type):
      """
      '\(path)' holds the tensor \(ShownName.quoted(name)) with elements of type \
      \(ShownName.quoted(type))\(TensorFileError.kind(type)), which Lattice doesn't read; save it as one of \
      \(ScalarType.allCases.map(\.rawValue).joined(separator: ", "))
      """
    case .zip(let path, let fault): "'\(path)' is no sound .npz file: \(fault)"
    case .msgpack(let path, let fault): "'\(path)' is no sound flax msgpack file: \(fault)"
    case .tensorFile(let error): error.description
    case .noTensor(let path, let name, let near, let count):
      Self.noTensor(path, name: name, near: near, count: count)
    case .inconvertible(let path, let name, let found, let wanted):
      "tensor \(ShownName.quoted(name)) of '\(path)' is of type \(found), which is not read as \(wanted)"
    case .noMemory(let path, let name, let bytes):
      "there is no memory for the \(bytes) bytes of tensor \(ShownName.quoted(name)) of '\(path)'"
    }
  }

  private static func unknownFormat(_ path: String, size: Int, likely: ForeignFormat?) -> String {
    if size == 0 { return "'\(path)' is empty" }
    if let likely { return "'\(path)' is \(likely.rawValue): \(likely.advice)" }
    return
      "'\(path)' is no checkpoint of a known format (.safetensors, .npz, .npy, flax msgpack), going by its first bytes"
  }

  private static func noTensor(_ path: String, name: String, near: [String], count: Int) -> String {
    let missing = "'\(path)' has no tensor \(ShownName.quoted(name))"
    guard near.isEmpty else {
      return "\(missing); near to it are \(near.map(ShownName.quoted).joined(separator: ", "))"
    }
    return "\(missing), and none with a name near to it among its \(count)"
  }
}

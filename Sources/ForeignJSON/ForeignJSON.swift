/// Values of types of ours from JSON that other programs wrote.
///
/// It differs from Foundation's decoder in what it takes, NaN and numbers like 3.0 for whole ones, and in what it says:
/// the key, the byte, what had to be there and what is.
package enum ForeignJSON {
  /// The longest text that is made into a tree, in bytes.
  package static let largest = 64 << 20

  /// Decodes a value.
  ///
  /// - Parameters:
  ///   - type: Its type; members that it doesn't ask for may be anything.
  ///   - bytes: The text, UTF-8.
  /// - Returns: The value.
  /// - Throws: ``JSONFault``, and what the type's own decoding throws that is no `DecodingError`.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8]
  ) throws -> Value {
    let tree = try JSONTree(bytes)
    do {
      return try TreeDecoder(tree, []).decode(type)
    } catch let error as DecodingError {
      throw TreeDecoder.fault(error, in: tree)
    }
  }

  /// Decodes the value that a file holds.
  ///
  /// - Parameters:
  ///   - type: Its type; members that it doesn't ask for may be anything.
  ///   - path: The file.
  /// - Returns: The value.
  /// - Throws: ``ForeignFile/Fault``, ``FileFault``, and what the type's own decoding throws.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, file path: String
  ) throws -> Value {
    let bytes = try ForeignFile.bytes(of: path, limit: largest)
    do {
      return try decode(type, from: bytes)
    } catch let fault as JSONFault {
      throw FileFault(path: path, fault: fault)
    }
  }

  /// What is wrong with the JSON of a file.
  package struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let fault: JSONFault

    package var description: String { "'\(path)': \(fault)" }
  }
}

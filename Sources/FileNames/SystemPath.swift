/// What names a file to the system: text, or the bytes of a name.
package protocol SystemPath: Sendable {
  /// The path for people.
  var shown: String { get }

  /// Calls `body` with the path, ended by NUL.
  ///
  /// A path that holds a NUL names no file, so `body` gets an empty one: the system would read only its start.
  func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result
}

extension String: SystemPath {
  package func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    utf8.contains(0) ? "".withCString(body) : withCString(body)
  }
}

extension FileName: SystemPath {
  package func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    bytes.contains(0) ? "".withCString(body) : withCString(body)
  }

  /// Calls `body` with the bytes, ended by NUL.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { buffer in
        buffer.baseAddress.map(body) ?? "".withCString(body)
      }
    }
  }
}

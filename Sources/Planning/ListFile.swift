import FileNames

/// A text file that names one file a line, or a file of names that end with NUL, as `find -print0` writes.
enum ListFile {
  /// Why bytes are no list.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// The names, in their order; empty lines and a byte order mark are left out.
  ///
  /// - Throws: ``Fault`` for text in UTF-16.
  static func names(in bytes: [UInt8]) throws(Fault) -> [FileName] {
    let start = bytes.prefix(2)
    if start.elementsEqual([0xFF, 0xFE]) || start.elementsEqual([0xFE, 0xFF]) {
      throw Fault(description: "is UTF-16, in which names can't be read; save it as UTF-8")
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let text = bytes[(hasMark ? 3 : 0)...]
    // No name holds a NUL, so one of them says how all names end.
    if text.contains(0) { return text.split(separator: 0).map { FileName(bytes: $0) } }
    return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
      // Lists made on Windows end their lines with CR LF.
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      return line.isEmpty ? nil : FileName(bytes: line)
    }
  }
}

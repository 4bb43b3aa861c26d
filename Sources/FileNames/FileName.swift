/// A file's name or path as the file system has it: bytes, in any encoding.
///
/// Names are equal when their bytes are: `é` in one and in two code points are two files, as on the disk. To put a name
/// into a text for people, say ``shown``; JSON keeps all bytes.
package struct FileName: Hashable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  package init(_ text: String) { bytes = Array(text.utf8) }

  package init(cString pointer: UnsafePointer<CChar>) {
    var end = pointer
    while end.pointee != 0 { end += 1 }
    let count = end - pointer
    bytes = Array(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  /// The name as text; nil when it isn't UTF-8.
  package var text: String? { String(validating: bytes, as: UTF8.self) }

  /// The name for people: one line, control characters as `\u{7}`, bytes that are not UTF-8 as `\xE9`.
  package var shown: String { ShownText.line(bytes) }

  package var isEmpty: Bool { bytes.isEmpty }
}

extension FileName: Comparable {
  package static func < (left: FileName, right: FileName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension FileName: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

extension FileName: CustomStringConvertible {
  package var description: String { shown }
}

extension DefaultStringInterpolation {
  /// Stops a path from being put together as text, which would lose bytes.
  @available(
    *, deprecated, message: "say 'name.shown' for people, 'folder + \"/\" + name' for a path"
  )
  package mutating func appendInterpolation(_ name: FileName) { appendLiteral(name.shown) }
}

// Parts of a path.
extension FileName {
  package static let slash = UInt8(ascii: "/")

  package static func + (left: FileName, right: FileName) -> FileName {
    FileName(bytes: left.bytes + right.bytes)
  }

  /// The name below a folder.
  package func appending(_ name: FileName) -> FileName {
    let isRoot = bytes.last == Self.slash
    return FileName(bytes: bytes + (isRoot ? [] : [Self.slash]) + name.bytes)
  }

  /// Text without a slash in it, or with: a path of several parts.
  package func appending(_ name: String) -> FileName { appending(FileName(name)) }

  /// The last part of a path.
  package var lastComponent: FileName {
    let end = bytes.lastIndex { $0 != Self.slash }.map { $0 + 1 } ?? 0
    let start = bytes[..<end].lastIndex(of: Self.slash).map { $0 + 1 } ?? 0
    return end == 0 ? self : FileName(bytes: bytes[start..<end])
  }

  /// The folder that holds the path, `.` for a bare name.
  package var parent: FileName {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return "." }
    return slash == 0 ? "/" : FileName(bytes: bytes[..<slash])
  }

  /// The last part without its ending.
  package var stem: FileName { split().stem }

  /// The ending of the last part without its dot, empty when there is none.
  package var pathExtension: FileName { split().ending }

  /// The name with its ASCII letters made small.
  package var lowercased: FileName {
    FileName(bytes: bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
  }

  private func split() -> (stem: FileName, ending: FileName) {
    let name = lastComponent.bytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else {
      return (FileName(bytes: name), "")
    }
    return (FileName(bytes: name[..<dot]), FileName(bytes: name[(dot + 1)...]))
  }

  package func hasPrefix(_ start: FileName) -> Bool { bytes.starts(with: start.bytes) }

  package func hasSuffix(_ end: FileName) -> Bool {
    bytes.count >= end.bytes.count && bytes.suffix(end.bytes.count).elementsEqual(end.bytes)
  }

  /// True for the folder itself and for what lies below it.
  package func isInside(_ folder: FileName) -> Bool {
    self == folder || hasPrefix(folder.bytes.last == Self.slash ? folder : folder + "/")
  }

  /// The path from the root, `.` and `..` taken out, relative ones meant from `base`.
  package func absolute(from base: FileName) -> FileName {
    let whole = bytes.first == Self.slash ? self : base.appending(self)
    var parts: [ArraySlice<UInt8>] = []
    for part in whole.bytes.split(separator: Self.slash) where !part.elementsEqual(".".utf8) {
      if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
    }
    return FileName(bytes: [Self.slash] + parts.joined(separator: [Self.slash]))
  }
}

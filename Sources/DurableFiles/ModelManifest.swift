import Glibc

/// The MANIFEST of a model: a line `SHA256  BYTES  NAME` for every other file of its folder.
package enum ModelManifest {
  package static let name = "MANIFEST"

  package struct Entry: Hashable, Sendable {
    /// 64 hexadecimal digits.
    package var sha256: String
    package var bytes: Int
    /// Relative to the folder.
    package var name: String
  }

  /// Reads every file of a folder, syncs it and takes the right to write from it.
  ///
  /// - Parameters:
  ///   - folder: Its folders are entered, links are not followed.
  ///   - beat: Called with every part that was read.
  /// - Returns: Sorted by name, without the MANIFEST.
  /// - Throws: ``FileError``; `EINVAL` for what is neither file nor folder.
  package static func entries(
    of folder: String, beat: () -> Void = {}
  ) throws(FileError) -> [Entry] {
    var entries: [Entry] = []
    try gather(folder, "", &entries, beat)
    try AtomicFile.syncDirectory(folder)
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  package static func text(_ entries: [Entry]) -> String {
    entries.map { "\($0.sha256)  \($0.bytes)  \($0.name)\n" }.joined()
  }

  /// Reads a MANIFEST; lines of another form are left out.
  package static func parse(_ text: String) -> [Entry] {
    text.split(separator: "\n").compactMap { line in
      let digest = line.prefix { $0 != " " }
      let rest = line.dropFirst(digest.count).drop { $0 == " " }
      let count = rest.prefix { $0 != " " }
      let name = rest.dropFirst(count.count).drop { $0 == " " }
      guard digest.utf8.count == 64, let bytes = Int(count), bytes >= 0, !name.isEmpty else {
        return nil
      }
      return Entry(sha256: String(digest), bytes: bytes, name: String(name))
    }
  }

  private static func gather(
    _ folder: String, _ prefix: String, _ entries: inout [Entry], _ beat: () -> Void
  ) throws(FileError) {
    for name in try Files.names(in: folder) where prefix + name != Self.name {
      let path = "\(folder)/\(name)"
      switch Files.status(path)?.kind {
      case .directory:
        try gather(path, "\(prefix)\(name)/", &entries, beat)
        try AtomicFile.syncDirectory(path)
      case .regular: entries.append(try seal(path, prefix + name, beat))
      default: throw FileError("list", path, EINVAL)
      }
    }
  }

  private static func seal(
    _ path: String, _ name: String, _ beat: () -> Void
  ) throws(FileError) -> Entry {
    let file = try OpenFile(path, O_RDONLY)
    try file.sync()
    guard fchmod(file.descriptor, 0o444) == 0 else { throw FileError("seal", path, errno) }
    var hash = SHA256()
    var count = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = chunk.withUnsafeMutableBytes { read(file.descriptor, $0.baseAddress, $0.count) }
      guard got >= 0 else { throw FileError("read", path, errno) }
      guard got > 0 else { break }
      hash.update(chunk[..<got])
      count += got
      beat()
    }
    return Entry(sha256: hash.hexDigest(), bytes: count, name: name)
  }
}

import Glibc

/// Reads a file line by line with memory for a line, not for the file.
package enum FileLines {
  /// Calls `body` with each line that isn't empty, without its end; the last one needs none.
  ///
  /// - Parameters:
  ///   - path: Of the file; an absent one has no lines.
  ///   - limit: Bytes of the longest line; longer ones are left out.
  ///   - body: Called in order.
  /// - Throws: ``FileError`` when a file that is there can't be read.
  package static func forEach(
    in path: String, limit: Int = 16 << 20, _ body: ([UInt8]) -> Void
  ) throws(FileError) {
    let file: OpenFile
    do { file = try OpenFile(reading: path) } catch {
      if error.isMissing { return }
      throw error
    }
    var line: [UInt8] = []
    var isTooLong = false
    func end() {
      if !line.isEmpty, !isTooLong { body(line) }
      line.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try file.read(into: &chunk)
      if count == 0 { break }
      var rest = chunk[..<count]
      while let place = rest.firstIndex(of: UInt8(ascii: "\n")) {
        if !isTooLong { line += rest[..<place] }
        end()
        rest = rest[(place + 1)...]
      }
      if line.count + rest.count > limit { isTooLong = true }
      if !isTooLong { line += rest }
    }
    end()
  }
}

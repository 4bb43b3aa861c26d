import DurableFiles
import Glibc
import StageCatalog
import LatticeDriver
import Testing

/// Suites that start children, one after the other: a script that is being written can't be started, and a child of a
/// suite beside it would hold the file open.
@Suite(.serialized, .blocking) enum ChildTests {}

/// A throw-away folder with plugins that are any bytes, and shell scripts in the place of `lattice-worker`.
///
/// A script sees the plugin as `$2`, `describe ID VERSION` prints what a worker would say of it, and each run leaves
/// the plugin's path in the list of calls.
final class DescriberBench {
  let root = "/tmp/lattice-catalog-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"

  init() throws { try Files.makeDirectory("\(root)/plugins") }

  deinit { try? Files.removeTree(root) }

  var cache: String { "\(root)/cache/plugins.json" }

  /// Plugins that were asked about, in order.
  var calls: [String] {
    get throws {
      guard Files.exists("\(root)/calls") else { return [] }
      return String(decoding: try Files.read("\(root)/calls"), as: UTF8.self)
        .split(separator: "\n").map { String($0.dropFirst("\(root)/plugins/".count)) }
    }
  }

  /// Writes a plugin; its path.
  @discardableResult
  func plugin(_ name: String, _ content: String = "one") throws -> String {
    let path = "\(root)/plugins/\(name)"
    try Files.makeDirectory(AtomicFile.parent(of: path))
    try AtomicFile.write(Array(content.utf8), to: path)
    return path
  }

  /// Writes a script; its path.
  func worker(_ body: String = "describe pic.read 1.0.0", name: String = "worker") throws -> String
  {
    let path = "\(root)/\(name)"
    let text = """
      #!/bin/sh
      printf '%s\\n' "$2" >> '\(root)/calls'
      plugin=$2
      describe() {
        printf '{"file":{"path":"%s","size":%s,"mtimeNanoseconds":%s,"sha256":"%s"},"module":{"id":"pic",\
      "version":"1.0.0","vendor":"","license":"MIT","abiMinor":0,"minHostMinor":0,"brokenStages":[],"stages":[{"id":"%s",\
      "version":"%s","summary":"","kind":"map","isDeterministic":true,"needsSeed":false,"isParallel":false,\
      "reduces":false,"publishes":false,"hasCheck":false,"preferredBatch":0,"parameterSchema":{},"inputs":[],"outputs":[],\
      "modelSlots":[]}]}}' "$plugin" "$(stat -c %s "$plugin")" "$(stat -c %.9Y "$plugin" | tr -d .)" \
      "$(sha256sum < "$plugin" | cut -c1-64)" "$1" "$2"
      }
      \(body)

      """
    try AtomicFile.write(Array(text.utf8), to: path)
    chmod(path, 0o755)
    return path
  }

  /// Sets a file's time of change.
  func setTime(_ path: String, seconds: Int, nanoseconds: Int = 0) {
    let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
    _ = [time, time].withUnsafeBufferPointer { utimensat(AT_FDCWD, path, $0.baseAddress, 0) }
  }
}

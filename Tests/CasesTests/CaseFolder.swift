import Foundation
import LatticeDriver
import Testing

/// A copy of the inputs of one case in a folder of its own, and what the built program made of them.
final class CaseFolder {
  private let lattice: Lattice
  /// What the last command printed, both streams.
  private(set) var log = ""
  /// The last command's exit code.
  private(set) var status: Int32 = -1
  /// The work folder of the last run.
  private var work = "work"

  /// Copies `Files/NAME`.
  init(_ name: String) throws {
    lattice = try Lattice()
    let files = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Files/\(name)")
    let names = try FileManager.default.contentsOfDirectory(atPath: files.path())
    for name in names {
      try FileManager.default.copyItem(at: files.appending(path: name), to: lattice.file(name))
    }
  }

  var path: String { lattice.folder.path() }

  func file(_ name: String) -> URL { lattice.file(name) }

  /// Puts this folder's path in place of `@ROOT@` in the spec.
  func fillInRoot() throws {
    let spec = try String(contentsOf: file("spec.yaml"), encoding: .utf8)
    try Data(spec.replacingOccurrences(of: "@ROOT@", with: path).utf8).write(to: file("spec.yaml"))
  }

  /// Copies a file to a name that may be any bytes but `/` and NUL.
  func copy(_ source: String, as name: [UInt8]) throws {
    let bytes = try Data(contentsOf: file(source))
    var path = Array(file("in/").path().utf8)
    path += name + [0]
    let descriptor = path.withUnsafeBufferPointer { path in
      path.withMemoryRebound(to: CChar.self) {
        $0.baseAddress.map { open($0, O_WRONLY | O_CREAT, 0o644) } ?? -1
      }
    }
    try #require(descriptor >= 0, "can't make the file")
    defer { close(descriptor) }
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    try #require(count == bytes.count)
  }

  /// Runs a spec in the foreground; results are in `out/`.
  func run(_ spec: String = "spec.yaml", out: String = "out", work: String = "work") throws {
    self.work = work
    try command(["run", spec, "--out", out, "--work", work, "-q"])
  }

  /// Runs any command here.
  func command(_ arguments: [String]) throws {
    let output = try lattice.run(arguments)
    status = output.status
    log = output.data + output.talk
  }

  /// Runs a command as the user `nobody` when this is root; as this user otherwise.
  func commandAsNobody(_ arguments: [String]) throws {
    guard getuid() == 0 else { return try command(arguments) }
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: path)) {
      let path = file(name).path()
      guard (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) != 0
      else { continue }
      chown(path, 65534, 65534)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    process.arguments =
      [
        "--reuid=65534", "--regid=65534", "--clear-groups",
        Lattice.products.appending(path: "lattice").path(),
      ]
      + arguments
    process.currentDirectoryURL = lattice.folder
    process.environment = ProcessInfo.processInfo.environment.merging(["HOME": path]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    log = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// The contents of the run's `failed.jsonl`; empty when nothing failed.
  var reasons: String { jobFiles { $0 == "failed.jsonl" } }

  /// What the stages logged.
  var stageLogs: String { jobFiles { $0.hasSuffix(".jsonl") && $0.contains("logs/") } }

  private func jobFiles(_ isWanted: (String) -> Bool) -> String {
    let jobs = file("\(work)/jobs")
    let all =
      FileManager.default.enumerator(atPath: jobs.path())?.compactMap { $0 as? String } ?? []
    return all.filter { path in
      isWanted(path.split(separator: "/").dropFirst().joined(separator: "/"))
    }.compactMap { try? String(contentsOf: jobs.appending(path: $0), encoding: .utf8) }.joined()
  }

  /// Names in a folder of results, sorted.
  func names(in folder: String = "out") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: file(folder).path())) ?? []).sorted()
  }

  /// A value of a JSON file of results, by keys.
  func number(_ name: String, _ keys: String...) throws -> Double? {
    var value = try JSONSerialization.jsonObject(with: Data(contentsOf: file(name)))
    for key in keys { value = try #require((value as? [String: Any])?[key], "no '\(key)'") }
    return (value as? NSNumber)?.doubleValue
  }

  /// The header and the values of an f32 `.npy` file.
  func floats(_ name: String) throws -> (header: String, values: [Float]) {
    let data = try Data(contentsOf: file(name))
    let length = Int(data[8]) | Int(data[9]) << 8
    let header = String(decoding: data[10..<10 + length], as: UTF8.self)
    let body = data.dropFirst(10 + length)
    let values = body.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
    return (header.trimmingCharacters(in: .whitespacesAndNewlines), values)
  }
}

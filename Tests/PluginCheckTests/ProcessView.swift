import Foundation

/// What /proc tells of other processes.
enum ProcessView {
  /// Those that a process has started and that are still there.
  static func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { fields(of: $0)?.parent == parent }
  }

  /// True unless it is gone or waits to be buried.
  static func isRunning(_ process: Int32) -> Bool {
    fields(of: process).map { $0.state != "Z" && $0.state != "X" } ?? false
  }

  /// The words of its command line.
  static func arguments(of process: Int32) -> [String] {
    let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Its state and its parent; the name before them is in parentheses and may hold anything.
  private static func fields(of process: Int32) -> (state: String, parent: Int32)? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
      let rest = String(decoding: bytes, as: UTF8.self).split(separator: ")").last
    else { return nil }
    let fields = rest.split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return (String(fields[0]), parent)
  }
}

import Foundation

/// Looks into `/proc` for what a daemon has started.
enum ProcessList {
  struct Entry {
    var pid: Int32
    /// The command line, the program's name first.
    var arguments: [String]
  }

  /// Living children of `parent` whose first argument is `verb`.
  static func children(of parent: Int32, running verb: String) -> [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.compactMap { pid in
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[text.index(after: end)...].split(separator: " ")
      guard fields.count > 1, fields[0] != "Z", Int32(fields[1]) == parent else { return nil }
      let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
      let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return arguments.dropFirst().first == verb ? Entry(pid: pid, arguments: arguments) : nil
    }
  }
}

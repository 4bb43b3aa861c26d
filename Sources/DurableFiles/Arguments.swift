import FileNames
import Glibc

/// What this process was started with, as bytes.
package enum Arguments {
  /// The first argument that is no UTF-8, for people; nil when all are.
  ///
  /// Swift's own list repairs such an argument, so that it names another file than the one that was meant.
  package static var firstNotUnicode: String? {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index] else { continue }
      let name = FileName(cString: argument)
      if name.text == nil { return name.shown }
    }
    return nil
  }

  /// What to say of such an argument.
  package static func refusal(of argument: String) -> String {
    """
    the argument '\(argument)' is not UTF-8; rename the file, or hand a spec in through standard input \
    (lattice submit - <FILE)
    """
  }
}

extension Files {
  /// An absolute form of a path somebody gave, without `.` and `..`; `~` is the shell's to expand.
  package static func absolute(_ path: String) -> String {
    let whole = FileName(path).absolute(
      from: FileName(path.hasPrefix("/") ? "/" : currentDirectory))
    return whole.text ?? whole.shown
  }

  private static var currentDirectory: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }
}

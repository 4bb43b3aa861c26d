import FileNames
import Foundation

/// The variables this process was started with.
enum Environment {
  static var variables: [String: String] { ProcessInfo.processInfo.environment }
}

extension FileName {
  /// The name that an argument of this program gave, with the bytes that Swift's text of it has lost.
  init(argument text: String) {
    let arguments = UnsafeBufferPointer(
      start: CommandLine.unsafeArgv, count: Int(CommandLine.argc)
    ).compactMap { $0.map { FileName(cString: $0) } }
    let same = arguments.first {
      String(decoding: $0.bytes, as: UTF8.self).utf8.elementsEqual(text.utf8)
    }
    self = same ?? FileName(text)
  }
}

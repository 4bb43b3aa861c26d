import FoundationEssentials

/// Why a folder can't serve as a model.
package enum ModelDirectoryError: Error, Hashable, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case configuration(path: String, fault: String)
  case kind(path: String, found: String, expected: [String])
  case format(path: String, found: Int)
}

extension ModelDirectoryError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "can't read '\(path)': \(reason)"
    case .unwritable(let path, let reason): "can't write '\(path)': \(reason)"
    case .configuration(let path, let fault): "'\(path)' is no sound configuration: \(fault)"
    case .kind(let path, let found, let expected):
      """
      '\(path)' is of a model of kind '\(found)'; \
      \(expected.map { "'\($0)'" }.joined(separator: " or ")) is needed here
      """
    case .format(let path, let found):
      """
      '\(path)' has format \(found), this program knows \(ModelDirectory.format); \
      a newer program wrote it
      """
    }
  }
}

/// Faults of writing as sentences.
enum ConfigurationFault {
  /// Why a file can't be written.
  static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: "No such file or directory"
    case .fileReadNoPermission?, .fileWriteNoPermission?: "Permission denied"
    case .fileWriteOutOfSpace?: "the disk is full"
    default: "\(error)"
    }
  }
}

import FoundationEssentials
import Glibc
package import JobModel

/// What the operator allows and wants: `latticed.json`, with the command line's options put over it.
package struct DaemonConfiguration: Hashable, Sendable {
  /// Folder that relative paths of a dropped spec are resolved against; nil for the spool's own folder.
  package var dataRoot: String?
  /// CPU slots: the sum of the threads of all workers alive.
  package var slots: Int
  /// Folders, besides a job's own, that a spec may name for its outputs.
  package var allowedOutputs: [String] = []
  /// Whether a submitter may name the folder that relative paths are resolved against.
  package var allowSubmitBase = true
  /// Seconds a dropped file must hold still when it did not arrive by a rename.
  package var settleSeconds = 1.0
  /// Seconds after its last change in which a syntax error means "still being written".
  package var syntaxGraceSeconds = 30.0
  /// Seconds between two looks at the spool when nothing tells of a change.
  package var scanSeconds = 5.0
  /// Searched for plugins before the usual folders.
  package var pluginFolders: [String] = []
  /// Bytes that must stay free on the disks of spool and outputs, or jobs pause.
  package var diskReserveBytes = 64 << 20
  /// Seconds that planning one spec may take.
  package var planSeconds = 600.0
  /// Bytes that the process which plans a spec may allocate.
  package var planMemoryBytes = 2 << 30

  package init(slots: Int) { self.slots = slots }

  /// Names of all keys, as a file may use them.
  package static let keys = [
    "allowSubmitBase", "allowedOutputs", "dataRoot", "diskReserveBytes",
    "planMemoryBytes", "planSeconds", "pluginFolders", "scanSeconds", "settleSeconds", "slots",
    "syntaxGraceSeconds",
  ]

  /// Takes over what a configuration file says.
  ///
  /// - Parameters:
  ///   - text: The file's bytes, a JSON object.
  ///   - path: The file's name, for messages.
  /// - Throws: ``ConfigurationError`` with the first fault.
  package mutating func apply(_ text: [UInt8], from path: String) throws(ConfigurationError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Data(text))
    } catch {
      throw ConfigurationError(path: path, fault: .notJSON(Self.reason(error)))
    }
    guard let members = value.objectValue else {
      throw ConfigurationError(path: path, fault: .notJSON("the file is not an object"))
    }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      do {
        try set(key, value)
      } catch {
        throw ConfigurationError(path: path, fault: error)
      }
    }
  }

  /// Takes over a configuration file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - isRequired: False when its absence is fine.
  /// - Throws: ``ConfigurationError`` with the first fault.
  package mutating func load(_ path: String, isRequired: Bool) throws(ConfigurationError) {
    guard let bytes = SmallFile.bytes(path, limit: 1 << 20) else {
      guard isRequired || errno != ENOENT else { return }
      let reason = String(cString: strerror(errno))
      throw ConfigurationError(path: path, fault: .unreadable(reason))
    }
    try apply(bytes, from: path)
  }

  private mutating func set(_ key: String, _ value: JSONValue) throws(ConfigurationFault) {
    switch key {
    case "dataRoot": dataRoot = try folder(key, value)
    case "slots": slots = try count(key, value, in: 1...4096)
    case "allowedOutputs": allowedOutputs = try folders(key, value)
    case "pluginFolders": pluginFolders = try folders(key, value)
    case "diskReserveBytes": diskReserveBytes = try count(key, value, in: 0...Int.max)
    case "planMemoryBytes": planMemoryBytes = try count(key, value, in: 64 << 20...1 << 50)
    case "planSeconds":
      planSeconds = try seconds(key, value)
      guard planSeconds > 0 else { throw .wrongValue(key, "seconds, more than 0 to 86400", value) }
    case "settleSeconds": settleSeconds = try seconds(key, value)
    case "syntaxGraceSeconds": syntaxGraceSeconds = try seconds(key, value)
    case "scanSeconds": scanSeconds = try seconds(key, value)
    case "allowSubmitBase":
      guard let flag = value.boolValue else { throw .wrongValue(key, "true or false", value) }
      allowSubmitBase = flag
    default: throw .unknownKey(key)
    }
  }

  private func folder(_ key: String, _ value: JSONValue) throws(ConfigurationFault) -> String {
    guard let path = value.stringValue, path.hasPrefix("/") else {
      throw .wrongValue(key, "an absolute folder", value)
    }
    return path
  }

  private func folders(_ key: String, _ value: JSONValue) throws(ConfigurationFault) -> [String] {
    guard let values = value.arrayValue else {
      throw .wrongValue(key, "a list of absolute folders", value)
    }
    var paths: [String] = []
    for value in values { paths.append(try folder(key, value)) }
    return paths
  }

  private func count(
    _ key: String, _ value: JSONValue, in range: ClosedRange<Int>
  ) throws(ConfigurationFault) -> Int {
    guard let number = value.intValue, range.contains(number) else {
      let limit = range.upperBound == .max ? "" : " to \(range.upperBound)"
      throw .wrongValue(
        key, "a whole number, \(range.lowerBound)\(limit.isEmpty ? " or more" : limit)", value)
    }
    return number
  }

  private func seconds(_ key: String, _ value: JSONValue) throws(ConfigurationFault) -> Double {
    guard let number = value.doubleValue, number >= 0, number <= 86_400 else {
      throw .wrongValue(key, "seconds, 0 to 86400", value)
    }
    return number
  }

  private static func reason(_ error: any Error) -> String {
    if case DecodingError.dataCorrupted(let context) = error { return context.debugDescription }
    return "\(error)"
  }
}

/// A configuration file that can't be used.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  package let path: String
  package let fault: ConfigurationFault

  package var description: String { "configuration '\(path)': \(fault)" }
}

/// What is wrong with a configuration.
package enum ConfigurationFault: Error, Hashable, CustomStringConvertible {
  case unreadable(String)
  case notJSON(String)
  case unknownKey(String)
  /// Key, what is expected, what was found.
  case wrongValue(String, String, JSONValue)

  package var description: String {
    switch self {
    case .unreadable(let reason): "can't be read: \(reason)"
    case .notJSON(let reason): "not a JSON object: \(reason)"
    case .unknownKey(let key):
      "unknown key '\(key)'; the keys are \(DaemonConfiguration.keys.joined(separator: ", "))"
    case .wrongValue(let key, let expected, let found):
      "'\(key)' must be \(expected), not \((try? found.canonicalText) ?? "that")"
    }
  }
}

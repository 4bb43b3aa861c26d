package import FileNames

/// A line of a log file: one JSON object.
package struct LogLine: Codable, Hashable, Sendable {
  package enum Level: String, Codable, Hashable, Sendable, CaseIterable {
    case debug, info, warning, error
  }

  /// Milliseconds since 1970, UTC.
  package var milliseconds: Int
  package var level: Level
  package var stage: String?
  /// Id of the item, when the line is about one.
  package var item: FileName?
  package var message: String
  package var fields: JSONValue?

  package init(
    milliseconds: Int, level: Level, stage: String? = nil, item: FileName? = nil, message: String,
    fields: JSONValue? = nil
  ) {
    self.milliseconds = milliseconds
    self.level = level
    self.stage = stage
    self.item = item
    self.message = message
    self.fields = fields
  }
}

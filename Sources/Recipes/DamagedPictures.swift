package import StageSDK

/// What trainers do about pictures of which the data is damaged but something can be shown.
package enum DamagedPictures: String, CaseIterable, Decodable, Sendable {
  /// They are learned from, and named.
  case keep
  /// Training doesn't begin.
  case fail

  /// What a stage declares.
  package static let parameter = ParameterSpec.choice(
    "damage", allCases.map(\.rawValue), default: "keep",
    "What to do about pictures of which the data is damaged but something can be shown: learn from them, name them in the log and count them in the report; or fail."
  )

  /// Names damaged pictures in the log, and gives their number to the report as `damaged_pictures`.
  ///
  /// - Parameters:
  ///   - pictures: What each is called, in quotes, and what is wrong with it.
  ///   - context: Of the stage that learns from them.
  /// - Throws: ``StageError`` where they are failures.
  package func tell(
    of pictures: [(name: String, reason: String)], _ context: StageContext
  ) throws {
    guard !pictures.isEmpty else { return }
    guard self == .keep else {
      let count = pictures.count == 1 ? "a picture is" : "\(pictures.count) pictures are"
      let names = pictures.prefix(3).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
      let more = pictures.count > 3 ? " and \(pictures.count - 3) more" : ""
      throw StageError(
        .config,
        "\(count) damaged: \(names)\(more); leave them out, or say 'damage: keep' to learn from what they show",
        parameter: "damage")
    }
    for picture in pictures {
      context.log(
        .warning, "\(picture.name) is kept as far as it can be shown: \(picture.reason)")
    }
    try context.report(step: 0, metrics: ["damaged_pictures": Double(pictures.count)])
  }
}

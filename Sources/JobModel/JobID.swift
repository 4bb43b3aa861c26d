/// Names a job: `YYYYMMDD-HHMMSS-xxxxxx` in UTC with six random base-32 letters, so ids sort by hand-in time.
package struct JobID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package let text: String

  /// Takes an id as it is written in directories and the journal; nil when it is not one.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 8, parts[1].count == 6, parts[2].count == 6,
      parts[0].allSatisfy(\.isWholeNumber), parts[1].allSatisfy(\.isWholeNumber),
      parts[2].allSatisfy({ Self.alphabet.contains($0) })
    else { return nil }
    self.text = text
  }

  /// Makes a new id.
  ///
  /// - Parameters:
  ///   - seconds: Time of hand-in, seconds since 1970 in UTC.
  ///   - generator: Source of the six letters.
  package init(at seconds: Int, using generator: inout some RandomNumberGenerator) {
    let time = CivilTime(secondsSince1970: seconds)
    let letters = (0..<6).map { _ in
      Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
    }
    text = "\(time.compactDate)-\(time.compactTime)-\(String(letters))"
  }

  package var description: String { text }

  package static func < (left: JobID, right: JobID) -> Bool { left.text < right.text }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = JobID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not a job id such as 20261123-140502-k3x9ab")
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// Letters that can't be mistaken for one another.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
}

import ArgumentParser
import PipelineSpec

/// A length of time on the command line: `500ms`, `10s`, `5m`, `2h`, `1d`; at most ten years.
struct DurationOption: Hashable {
  private static let longestSeconds = 3650.0 * 86_400

  let seconds: Double

  /// Reads what a user wrote.
  ///
  /// - Throws: `ValidationError` with what is expected.
  init(_ text: String) throws {
    do throws(Units.Fault) {
      seconds = try Units.seconds(text)
    } catch .unitMissing {
      throw ValidationError("a length of time needs its unit, like \(text)s")
    } catch .tooLarge {
      throw ValidationError("it must be from 0s to 3650d")
    } catch {
      throw ValidationError("write a length of time like 10s, 5m or 6h")
    }
    guard seconds <= Self.longestSeconds else {
      throw ValidationError("it must be from 0s to 3650d")
    }
  }
}

import PipelineSpec
import Testing

/// A spec with a fault in it, and all that is said about it.
struct Fault: Sendable, CustomTestStringConvertible {
  var name: String
  var spec: String
  var message: String

  var testDescription: String { name }

  init(_ name: String, _ spec: String, says message: String) {
    self.name = name
    self.spec = spec
    self.message = message + "\n"
  }

  /// A fault in the lines after a spec that is sound.
  static func appended(_ name: String, _ lines: String, says message: String) -> Fault {
    Fault(name, soundSpec + lines, says: message)
  }

  static let soundSpec = """
    version: 1
    name: x
    stages:
      - { id: a, use: image.read@1 }

    """

  static let all: [Fault] =
    ofSyntax + ofToken + ofDocument + ofKey + ofValue + ofKind + ofUnit + ofRetry + ofInput
    + ofStage + ofConnection + ofModel + ofTask + ofOdd

  var reading: PipelineSpec.Reading { PipelineSpec.parse(Array(spec.utf8)) }
}

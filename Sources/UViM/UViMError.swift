package import FSQ

/// Why a UViM model can't be what it is asked to be.
package enum UViMError: Error, Hashable, Sendable {
  /// A key of a configuration has a value that can't be.
  case setting(key: String, found: String, expected: String)
  /// A tensor is of another shape than the model wants; -1 stands for any size.
  case shape(of: String, found: [Int], expected: [Int])
  /// There is no label of this name.
  case label(String, expected: [String])
  /// A bottleneck is no finite number, of which quantizing would make a code all the same.
  case notFinite(NonFiniteValues)
  /// A number is no code.
  case code(Int, place: Int, size: Int)

  static func require(
    _ isTrue: Bool, _ key: String, _ found: String, _ expected: String
  ) throws(UViMError) {
    guard isTrue else { throw .setting(key: key, found: found, expected: expected) }
  }

  static func requireShape(
    _ name: String, _ found: [Int], _ expected: [Int]
  ) throws(UViMError) {
    let isSame =
      found.count == expected.count
      && zip(found, expected).allSatisfy { $1 < 0 || $0 == $1 }
    guard isSame else { throw .shape(of: name, found: found, expected: expected) }
  }
}

extension UViMError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .setting(let key, let found, let expected):
      "'\(key)' is \(found), but must be \(expected)"
    case .shape(let name, let found, let expected):
      "'\(name)' has the shape \(found), but this model wants \(Self.text(expected))"
    case .label(let name, let expected):
      "this model has no label '\(name)'; its labels are \(expected.joined(separator: ", "))"
    case .notFinite(let values):
      "the network gave no numbers: of its bottleneck, \(values). The picture, its labels or the model's weights are damaged"
    case .code(let code, let place, let size):
      "\(code), at place \(place), is no code: codes of this model are 0...\(size - 1)"
    }
  }

  private static func text(_ sizes: [Int]) -> String {
    "[\(sizes.map { $0 < 0 ? "any" : "\($0)" }.joined(separator: ", "))]"
  }
}

/// What quantities of a spec may be at most and at least; the reader and the JSON Schema say the same.
///
/// They are far from what anybody needs and near enough that no sum of them overflows.
enum SpecBounds {
  /// A range of a quantity with a unit, and how messages call it.
  struct Quantity: Sendable {
    var range: ClosedRange<Double>
    var words: String
  }

  /// Bytes.
  static let size = Quantity(
    range: 1_048_576...1_125_899_906_842_624, words: "from 1MiB to 1024TiB")
  /// Seconds.
  static let duration = Quantity(range: 0.001...31_536_000, words: "from 1ms to 365d")
  /// Seconds between two tries.
  static let pause = Quantity(range: 0...31_536_000, words: "from 0s to 365d")
  /// Steps of training between two checkpoints.
  static let steps = 1...999_999_999
  /// Failed items.
  static let failures = 0...1_000_000_000
  /// Characters of a glob.
  static let globLength = 4096
}

/// Colours for numbers of 0...1.
package enum Colormap: String, Sendable, CaseIterable {
  case none, gray, turbo, viridis

  /// Colours one value.
  ///
  /// - Parameter value: Cut off outside 0...1; a value that isn't a number counts as 0.
  /// - Returns: Red, green and blue, each 0...1.
  package func colour(_ value: Float) -> (Float, Float, Float) {
    let x = value > 0 ? min(value, 1) : 0
    switch self {
    case .none, .gray: return (x, x, x)
    case .turbo: return Self.turbo(x)
    case .viridis: return Self.viridis(x)
    }
  }

  /// The polynomial fit of the turbo map. Source: Mikhailov 2019, "Turbo, an improved rainbow colormap for
  /// visualization", Google AI blog.
  private static func turbo(_ x: Float) -> (Float, Float, Float) {
    (
      polynomial(
        x, 0.135_721_38, 4.615_392_60, -42.660_322_58, 132.131_082_34, -152.942_393_96,
        59.286_379_43),
      polynomial(
        x, 0.091_402_61, 2.194_188_39, 4.842_966_58, -14.185_033_33, 4.277_298_57, 2.829_566_04),
      polynomial(
        x, 0.106_673_30, 12.641_946_08, -60.582_048_36, 110.362_767_71, -89.903_109_12,
        27.348_249_73)
    )
  }

  /// A polynomial fit of matplotlib's viridis (van der Walt and Smith 2015), within 0.02 of its table.
  private static func viridis(_ x: Float) -> (Float, Float, Float) {
    (
      polynomial(x, 0.277_727, 0.105_093, -0.330_862, -4.634_230, 6.228_270, 4.776_385, -5.435_456),
      polynomial(
        x, 0.005_407, 1.404_614, 0.214_848, -5.799_101, 14.179_933, -13.745_145, 4.645_853),
      polynomial(
        x, 0.334_100, 1.384_590, 0.095_095, -19.332_441, 56.690_553, -65.353_033, 26.312_435)
    )
  }

  private static func polynomial(_ x: Float, _ coefficients: Float...) -> Float {
    min(max(coefficients.reversed().reduce(0) { $0 * x + $1 }, 0), 1)
  }
}

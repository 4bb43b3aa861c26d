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
    case .turbo: return Self.interpolated(Self.turboColours, x)
    case .viridis: return Self.interpolated(Self.viridisColours, x)
    }
  }

  /// Colours at 33 even places, 0xRRGGBB.
  ///
  /// Source: Mikhailov 2019, "Turbo, an improved rainbow colormap for
  /// visualization" (Apache-2.0).
  private static let turboColours: [UInt32] = [
    0x30123b, 0x392a73, 0x4040a2, 0x4456c7, 0x466be3, 0x4680f6, 0x4294ff, 0x37a8fa, 0x28bceb,
    0x1ccdd8, 0x18ddc2,
    0x1fe9af, 0x32f298, 0x4ef97d, 0x6dfe62, 0x8bff4b, 0xa4fc3c, 0xb9f635, 0xcdec34, 0xdfdf37,
    0xeecf3a, 0xf8be39,
    0xfdac34, 0xfe962b, 0xfb7e21, 0xf46617, 0xeb500e, 0xdf3f08, 0xd02f05, 0xbe2102, 0xa91601,
    0x920b01, 0x7a0403,
  ]

  /// Colours at 33 even places, 0xRRGGBB.
  ///
  /// Source: van der Walt and Smith 2015, matplotlib's viridis (CC0).
  private static let viridisColours: [UInt32] = [
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453781, 0x424086, 0x3e4989, 0x3b528b,
    0x375b8d, 0x33638d,
    0x2f6b8e, 0x2c728e, 0x297a8e, 0x26828e, 0x23898e, 0x21918c, 0x1f988b, 0x1fa088, 0x22a785,
    0x28ae80, 0x32b67a,
    0x3fbc73, 0x4ec36b, 0x5ec962, 0x70cf57, 0x84d44b, 0x98d83e, 0xaddc30, 0xc2df23, 0xd8e219,
    0xece51b, 0xfde725,
  ]

  /// Straight lines between the table's colours: within 0.011 of the full tables.
  private static func interpolated(_ table: [UInt32], _ x: Float) -> (Float, Float, Float) {
    let place = x * Float(table.count - 1)
    let index = min(Int(place), table.count - 2)
    let share = place - Float(index)
    func channel(_ shift: UInt32) -> Float {
      let (low, high) = (table[index] >> shift & 255, table[index + 1] >> shift & 255)
      return (Float(low) * (1 - share) + Float(high) * share) / 255
    }
    return (channel(16), channel(8), channel(0))
  }
}

package import TensorCore

/// An image on its way: codes, and -1 where one is still to be found.
package struct Canvas: Hashable, Sendable {
  /// Row by row.
  package var tokens: [Int32]
  /// The class; -1 for none.
  package var label: Int

  /// Takes tokens.
  package init(tokens: [Int32], label: Int) {
    self.tokens = tokens
    self.label = label
  }

  /// All places to be filled.
  package init(places: Int, label: Int) {
    self.init(tokens: [Int32](repeating: -1, count: places), label: label)
  }

  /// Places that are still to be filled, in order.
  package var maskedPlaces: [Int] { tokens.indices.filter { tokens[$0] < 0 } }
}

/// A place of one of several images.
package struct CanvasPlace: Hashable, Sendable {
  package let canvas: Int
  package let place: Int

  /// Names a place.
  package init(canvas: Int, place: Int) {
    self.canvas = canvas
    self.place = place
  }
}

/// Whatever tells how likely each code is at a place, given the others: all that samplers know of a network.
package protocol TokenPredictor {
  /// How many values each digit of a code has, the first digit the fastest; one digit of all codes where codes aren't told
  /// apart by digits. The probability of a code is the product of its digits'.
  var digits: [Int] { get }

  /// Logits of some places.
  ///
  /// - Parameters:
  ///   - places: Which; nothing else need be computed.
  ///   - canvases: As they are now.
  /// - Returns: f32, (places, sum of ``digits``), in the order of `places`, digit after digit.
  /// - Throws: When a canvas is none that the network takes.
  func logits(of places: [CanvasPlace], in canvases: [Canvas]) throws -> Tensor
}

package import TensorCore

/// How pictures are cut out of a set to make a batch.
package struct PictureBatch: Hashable, Sendable {
  /// Where a square is cut.
  package enum Crop: Hashable, Sendable {
    case centre
    /// Anywhere; mirrored half of the time if `mirrors`, with the colour channels in any order if `shufflesChannels`.
    case random(mirrors: Bool, shufflesChannels: Bool = false)
  }

  /// Pixels across and down.
  package let side: Int
  /// Where a square is cut.
  package let crop: Crop

  /// Cuts squares of `side` pixels; every picture of the set must be at least as large.
  package init(side: Int, crop: Crop) {
    self.side = side
    self.crop = crop
  }

  /// Cuts pictures out.
  ///
  /// - Parameters:
  ///   - items: Their numbers.
  ///   - set: Where they are.
  ///   - random: Says where, one picture after the other.
  /// - Returns: f32 of 0...1, (items, side, side, 3).
  package func images(
    _ items: [Int], of set: PictureSet, random: inout CounterRandom
  ) -> Tensor {
    let side = side
    var places: [(top: Int, left: Int, isMirrored: Bool, channels: [Int])] = []
    for item in items {
      let entry = set.entries[item]
      let (down, across) = (entry.height - side, entry.width - side)
      precondition(down >= 0 && across >= 0, "a picture is smaller than what is cut out of it")
      switch crop {
      case .centre: places.append((down / 2, across / 2, false, [0, 1, 2]))
      case .random(let mirrors, let shufflesChannels):
        places.append(
          (
            Int(random.next() % UInt64(down + 1)), Int(random.next() % UInt64(across + 1)),
            random.next() & 1 == 1 && mirrors,
            shufflesChannels ? [0, 1, 2].shuffled(using: &random) : [0, 1, 2]
          ))
      }
    }
    return Tensor([items.count, side, side, 3]) { target in
      for (number, (item, place)) in zip(items, places).enumerated() {
        let width = set.entries[item].width
        set.withSamples(of: item) { samples in
          for y in 0..<side {
            let source = ((place.top + y) * width + place.left) * 3
            let start = (number * side + y) * side * 3
            for x in 0..<side {
              let from = source + (place.isMirrored ? side - 1 - x : x) * 3
              for channel in 0..<3 {
                target[start + x * 3 + channel] =
                  Float(samples[from + place.channels[channel]]) / 255
              }
            }
          }
        }
      }
    }
  }
}

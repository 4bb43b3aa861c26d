import PictureSets
import TensorCore
import Testing

/// Squares cut out of pictures whose samples say where they are from.
@Suite struct PictureBatchTests {
  /// Three pictures of 4 rows and 6 columns; a sample is 60 row + 10 column + channel, and the picture's number on top.
  private var set: PictureSet {
    var set = PictureSet()
    for number in 0..<3 {
      let samples = (0..<72).map {
        UInt8(60 * ($0 / 18) + 10 * ($0 / 3 % 6) % 60 + $0 % 3 + number)
      }
      samples.withUnsafeBufferPointer { set.add($0, height: 4, width: 6, label: nil) }
    }
    return set
  }

  private func samples(_ batch: PictureBatch, _ items: [Int], seed: UInt64 = 1) -> [Int] {
    var random = CounterRandom(seed: seed, stream: 0)
    return batch.images(items, of: set, random: &random).floats.map { Int(($0 * 255).rounded()) }
  }

  @Test func theCentreIsCut() {
    let cut = samples(PictureBatch(side: 2, crop: .centre), [2])
    #expect(cut == [82, 83, 84, 92, 93, 94, 142, 143, 144, 152, 153, 154])
  }

  /// Over many draws every place, both directions and all six orders of the channels come up, and nothing else.
  @Test func everyPlaceAndOrderComesUp() {
    let batch = PictureBatch(side: 3, crop: .random(mirrors: true, shufflesChannels: true))
    let cut = samples(batch, [Int](repeating: 0, count: 600))
    var places: Set<Int> = []
    var directions: Set<Int> = []
    var orders: Set<[Int]> = []
    for start in stride(from: 0, to: cut.count, by: 27) {
      let first = cut[start..<(start + 3)].map { $0 }
      let order = first.map { $0 % 10 }
      let step = cut[start + 3] - first[0]
      #expect(order.sorted() == [0, 1, 2] && abs(step) == 10)
      for pixel in 0..<9 {
        for channel in 0..<3 {
          let expected = first[channel] + pixel / 3 * 60 + pixel % 3 * step
          #expect(cut[start + 3 * pixel + channel] == expected)
        }
      }
      orders.insert(order)
      directions.insert(step)
      places.insert(min(first[0], cut[start + 6]) / 10)
    }
    #expect(orders.count == 6 && directions == [10, -10])
    #expect(places == [0, 1, 2, 3, 6, 7, 8, 9])
  }

  @Test func channelsKeepTheirOrderUnlessTheyAreShuffled() {
    let cut = samples(PictureBatch(side: 3, crop: .random(mirrors: false)), [0, 1, 2, 0])
    for start in stride(from: 0, to: cut.count, by: 3) {
      #expect(cut[start + 1] == cut[start] + 1 && cut[start + 2] == cut[start] + 2)
    }
  }
}

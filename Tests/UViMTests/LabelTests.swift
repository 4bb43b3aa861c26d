import Autograd
import Glibc
import Kernels
import TensorCore
import Testing
import UViM

@Suite struct LabelTests {
  @Test func patchesComeBackTogether() {
    let pictures = Tensor([2, 4, 6, 3], (0..<144).map(Float.init))
    let cut = Patches.cut(pictures, size: 2)
    #expect(cut.shape == [2, 6, 12])
    #expect(Array(cut.floats[12..<18]) == [6, 7, 8, 9, 10, 11])
    // Pixel by pixel to channel by channel.
    var channels: [Float] = []
    for patch in 0..<12 {
      for channel in 0..<3 {
        for pixel in 0..<4 { channels.append(cut.floats[patch * 12 + pixel * 3 + channel]) }
      }
    }
    let joined = Patches.join(Tensor([2, 6, 3, 4], channels), size: 2, columns: 3)
    #expect(joined.floats == pictures.floats && joined.shape == pictures.shape)
  }

  @Test func labelsAreFoundAgainInLogits() {
    let map = (0..<32).map { Int32($0 * 7 % 5) }
    let labels = LabelMaps.cut(map, batch: 2, width: 4, size: 2)
    #expect(labels.shape == [2, 4, 4])
    #expect(Array(labels.integers[0..<4]) == [map[0], map[1], map[4], map[5]])
    #expect(LabelMaps.greatest(LabelMaps.oneHot(labels, values: 5), columns: 2) == map)
  }

  /// Two codes that are each sure of another label leave both as likely; values are averaged as they are.
  @Test func severalCodesSayTheMeanOfTheirProbabilities() {
    // One patch of two pixels, three values each.
    func logits(_ values: [Float]) -> [String: Tensor] { ["a": Tensor([1, 1, 3, 2], values)] }
    let first: [Float] = [0, log(8), log(2), log(1), log(1), log(1)]
    let second: [Float] = [log(6), 5, 0, 5, 0, 5]
    var mean = LogitsMean(isProbability: true)
    for values in [first, second] { mean.add(logits(values), workers: OneThread()) }
    let found = mean.logits["a"]?.floats.map { exp($0) } ?? []
    let wanted: [Float] = [0.25, 0.8, 0.5, 0.1, 0.25, 0.1]
    let other: [Float] = [0.75, 1 / 3, 0.125, 1 / 3, 0.125, 1 / 3]
    #expect(
      zip(found, zip(wanted, other)).allSatisfy { abs($0 - ($1.0 + $1.1) / 2) < 1e-6 }
        && found.count == 6)
    var plain = LogitsMean(isProbability: false)
    for values in [first, second] { plain.add(logits(values), workers: OneThread()) }
    #expect(plain.logits["a"]?.floats == zip(first, second).map { ($0 + $1) / 2 })
  }

  @Test func unknownLabelsHaveNoOne() {
    let labels = Tensor([1, 1, 4], integers: [-1, 5, 0, 2])
    #expect(
      LabelMaps.oneHot(labels, values: 3).floats == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  }

  /// The bins of the authors' code: floor((x - 0.001) / 9.999 · 256), cut off.
  @Test func depthFallsIntoBins() {
    let bins = DepthBins(range: 0.001...10, count: 256)
    #expect(bins.bin(of: 0) == 0 && bins.bin(of: 12) == 255 && bins.bin(of: .nan) == 0)
    #expect(bins.bin(of: 5) == 127)
    #expect(abs(bins.metres(of: 127) - 4.98095) < 1e-4)
    for bin in 0..<256 as Range<Int32> { #expect(bins.bin(of: bins.metres(of: bin)) == bin) }
  }

  /// Two pixels sure of a bin, one torn between two, and one of any: the mean, where the likeliest would be an end.
  @Test func depthIsTheExpectation() {
    let bins = DepthBins(range: 0...8, count: 4)
    #expect(bins.middles == [1, 3, 5, 7])
    let logits = Tensor([1, 1, 4, 4], [50, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 3, 0])
    let expected = LabelMaps.expected(logits, of: bins.middles, columns: 1)
    for (found, wanted) in zip(expected, [1, 7, 4, 4] as [Float]) {
      #expect(abs(found - wanted) < 1e-5)
    }
    let likeliest = LabelMaps.greatest(logits, columns: 1).map(bins.metres)
    #expect(likeliest == [1, 7, 1, 1])
  }

  /// The mean of two patches side by side lands in each one's own pixels.
  @Test func expectationsArePutWherePatchesAre() {
    let logits = Tensor([1, 2, 2, 4]) { values in
      for index in values.indices {
        let (patch, value, pixel) = (index / 8, index / 4 % 2, index % 4)
        values[index] = (value == 1) == ((patch * 4 + pixel) % 3 == 0) ? 60 : 0
      }
    }
    let map = LabelMaps.expected(logits, of: [0, 1], columns: 2)
    #expect(map.map { Int32($0.rounded()) } == LabelMaps.greatest(logits, columns: 2))
  }

  /// Segments in the order of their centres; void, a crowd and one too many.
  @Test func instancesAreNumberedByTheirCentres() {
    let labels: [Int32] = [
      2, 9, 2, 9, 1, 4, 0, 0,
      2, 9, 3, 7, 1, 4, 5, -1,
    ]
    let maps = labels.withUnsafeBufferPointer {
      PanopticLabels.canonical($0, width: 4, semantics: 6, instances: 3)
    }
    #expect(maps.semantics == [2, 2, 1, 0, 2, 3, 1, -1])
    #expect(maps.instances == [1, 1, 2, 0, 1, -1, 2, -1])
  }

  /// Category 3 is not counted and comes first, wherever it is; things follow from the left.
  @Test func thingsAreNumberedFromTheLeft() {
    let labels: [Int32] = [
      3, 8, 1, 9, 3, 8, 1, 4,
      2, 7, 1, 9, 3, 8, 1, 4,
    ]
    func instances(_ order: InstanceOrder) -> [Int32] {
      labels.withUnsafeBufferPointer {
        PanopticLabels.canonical(
          $0, width: 4, semantics: 4, instances: 5, order: order, things: [1, 2]
        ).instances
      }
    }
    #expect(instances(.left) == [1, 3, 1, 4, 2, 3, 1, 4])
    #expect(instances(.top) == [1, 2, 1, 3, 4, 2, 1, 3])
  }

  /// An instance's category is that of the greatest sum, not of the most pixels.
  @Test func categoriesAreChosenBySums() {
    let semantics = Tensor([1, 3, 4], [0, 0, 0, 9, 1, 1, 5, 0, 3, 0, 0, 0])
    let instances = Tensor([1, 2, 4], [1, 1, 1, 0, 0, 0, 0, 1])
    func decoded(_ least: Double) -> [Int32] {
      PanopticLabels.decoded(
        semantics: semantics, instances: instances, columns: 1, leastShare: least)
    }
    #expect(decoded(0) == [1, 1, 1, 1, 1, 1, 0, 0])
    #expect(decoded(0.8) == [0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func codesAreDroppedAtRandom() {
    var random = CounterRandom(seed: 1)
    let kept = CodeDropout.kept(batch: 2000, length: 16, random: &random)
    let shares = (0..<16).map { place in
      Double((0..<2000).count { kept[$0 * 16 + place] }) / 2000
    }
    #expect(shares.allSatisfy { abs($0 - 0.5) < 0.05 })
    let counts = (0..<2000).map { item in (0..<16).count { kept[item * 16 + $0] } }
    #expect(Set(counts) == Set(0...16))
  }

  @Test func rareCodesAreSplitOff() {
    let averages = CodebookAverages(momentum: 0.5, leastCount: 0.1)
    var random = CounterRandom(seed: 1)
    let moved = averages.updated(
      dictionary: Tensor([2, 1], [8, 0.02]), counts: Tensor([2], [4, 0.02]),
      vectors: Tensor([2, 1], [2, 4]), codes: Tensor([2], integers: [0, 0]), random: &random)
    // Sums: 0.5 · 8 + 6 = 10, counts: 0.5 · 4 + 2 = 4, halved by the split.
    #expect(moved.dictionary.floats[0] == 5 && moved.counts.floats == [2, 2])
    #expect(abs(moved.dictionary.floats[1] / 5 - 1) <= 0.0011)
  }

  @Test(arguments: [
    ("params/encoder/encoder_norm/bias", "encoder/encoder_norm/bias"),
    ("opt/target/Decoder/encoder_norm/bias", "decoder/encoder_norm/bias"),
    (
      "Encoder/encoderblock_3/MultiHeadDotProductAttention_1/key/kernel",
      "encoder/encoderblock_3/MultiHeadDotProductAttention_0/key/kernel"
    ),
    (
      "params/encoder/encoderblock_0/LayerNorm_2/scale",
      "encoder/encoderblock_0/LayerNorm_1/scale"
    ),
    ("decoder/EncDecBlock2/LayerNorm2/scale", "decoder/EncDecBlock2/LayerNorm2/scale"),
    ("state/dictionary", "state/dictionary"), ("opt/state/0/mu", nil),
  ]) func oldNamesAreKnown(old: String, new: String?) {
    #expect(CheckpointShapes.canonical(old) == new)
  }
}

import TensorCore
import Testing

@Suite struct CounterRandomTests {
  /// The known answers that come with Random123.
  @Test func equalsTheKnownAnswers() {
    let zeros = CounterRandom.block((0, 0, 0, 0), (0, 0))
    #expect(zeros == (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let most = UInt32.max
    let ones = CounterRandom.block((most, most, most, most), (most, most))
    #expect(ones == (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let digits = CounterRandom.block(
      (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), (0xA409_3822, 0x299F_31D0))
    #expect(digits == (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func streamsGoOnWhereTheyWere() {
    var first = CounterRandom(seed: 42, stream: 3)
    let numbers = (0..<10).map { _ in first.next() }
    var second = CounterRandom(seed: 42, stream: 3, position: 2)
    #expect((0..<6).map { _ in second.next() } == Array(numbers[4...]))
    var other = CounterRandom(seed: 42, stream: 4)
    #expect(other.next() != numbers[0])
  }

  @Test func distributionsHaveTheirMoments() {
    var generator = CounterRandom(seed: 1)
    let count = 20_000
    let uniforms = (0..<count).map { _ in Double(generator.uniform()) }
    #expect(abs(uniforms.reduce(0, +) / Double(count) - 0.5) < 0.01)
    #expect(uniforms.allSatisfy { $0 >= 0 && $0 < 1 })
    let normals = (0..<count).map { _ in Double(generator.normal()) }
    #expect(abs(normals.reduce(0, +) / Double(count)) < 0.03)
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / Double(count) - 1) < 0.05)
  }

  @Test func permutationsAreWholeAndRepeatable() {
    let first = CounterRandom.permutation(of: 100, seed: 7, stream: 1)
    #expect(first == CounterRandom.permutation(of: 100, seed: 7, stream: 1))
    #expect(first != CounterRandom.permutation(of: 100, seed: 7, stream: 2))
    #expect(first.sorted() == Array(0..<100))
  }
}

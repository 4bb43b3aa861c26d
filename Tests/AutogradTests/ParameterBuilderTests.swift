import Autograd
import TensorCore
import Testing

@Suite struct ParameterBuilderTests {
  @Test func theSameSeedGivesTheSameValues() {
    func values(_ seed: UInt64) -> [[Float]] {
      let builder = ParameterBuilder(.random(seed: seed))
      _ = builder.normal("a", [3, 5], deviation: 2)
      _ = builder.spread("b", [4], inputs: 3, outputs: 3)
      _ = builder.constant("c", [2], 7)
      return builder.parameters.map(\.value.floats)
    }
    #expect(values(1) == values(1) && values(1) != values(2))
    #expect(values(1)[1].allSatisfy { abs($0) <= 1 } && values(1)[2] == [7, 7])
  }

  /// The variance of 40,000 values is 1 / inputs within 3 %, and none is beyond two deviations.
  @Test func lecunNormalHasItsVariance() {
    let builder = ParameterBuilder(.random(seed: 5))
    let values = builder.lecunNormal("w", [200, 200], inputs: 25).value.floats
    let variance = values.reduce(0) { $0 + Double($1 * $1) } / Double(values.count)
    #expect(abs(variance * 25 - 1) < 0.03)
    #expect(values.allSatisfy { abs($0) <= 2 * 0.2 / 0.8796 + 1e-6 })
  }

  /// A thousand tensors of 4 GiB each take no memory until a checkpoint gives them values.
  @Test func unsetParametersTakeNoMemory() {
    let builder = ParameterBuilder(.unset)
    for index in 0..<1000 { _ = builder.normal("p\(index)", [1 << 15, 1 << 15], deviation: 1) }
    #expect(builder.parameters.count == 1000)
    #expect(builder.parameters[7].value.withFloats { $0[1 << 29] } == 0)
  }
}

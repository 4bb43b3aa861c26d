import TensorCore
import Testing

@Suite struct TensorTests {
  /// A tensor is a value: copies part ways when one is written to.
  @Test func copiesPartWays() {
    let first = Tensor([2, 2], [1, 2, 3, 4])
    var second = first
    second.withMutableFloats { $0[0] = 9 }
    #expect(first.floats == [1, 2, 3, 4])
    #expect(second.floats == [9, 2, 3, 4])
    var row = first[1..<2]
    row.withMutableFloats { $0[0] = 7 }
    #expect(row.floats == [7, 4] && first.floats == [1, 2, 3, 4])
  }

  @Test func viewsShareMemory() {
    let tensor = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
    let address = tensor.withBytes { $0.baseAddress }
    let flat = tensor.reshaped([6]).withBytes { $0.baseAddress }
    let part = tensor[1..<3].withBytes { $0.baseAddress }
    #expect(flat == address && part == address.map { $0 + 8 })
    #expect(tensor[1..<3].shape == [2, 2] && tensor[1..<1].shape == [0, 2])
  }

  @Test func lentMemoryIsNeverWrittenTo() {
    var values: [Float] = [1, 2]
    var isReleased = false
    values.withUnsafeMutableBytes { bytes in
      guard let address = bytes.baseAddress else { return }
      let storage = TensorStorage(borrowing: address, byteCount: 8) { isReleased = true }
      var tensor = Tensor(storage: storage, shape: [2], type: .f32)
      tensor.withMutableFloats { $0[0] = 5 }
      #expect(tensor.floats == [5, 2])
    }
    #expect(values == [1, 2])
    #expect(isReleased)
  }

  @Test func shapesCount() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.count == 24 && shape.rows == 6 && shape.columns == 4 && shape[-1] == 4)
    #expect(Shape([]).count == 1 && "\(shape)" == "[2, 3, 4]")
  }
}

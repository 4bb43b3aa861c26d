import Autograd
import Checkpoints
import Kernels
import ModelFiles
import TensorCore
import TensorFiles
import Testing

@Suite struct LoadingTests {
  @Test(arguments: WeightType.allCases, [WeightStorage.floats, .mapped])
  func comesBackAsItWasSaved(type: WeightType, storage: WeightStorage) throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    let saved = SmallNetwork.counted()
    try ModelSaver.save(saved, as: type, metadata: ["step": "7"], to: path)
    #expect(try scratch.names() == ["m.safetensors"])
    let checkpoint = try Checkpoint(path: path)
    #expect(checkpoint.metadata == ["step": "7"])
    #expect(checkpoint.entries.map(\.name) == saved.names)
    let loaded = SmallNetwork.empty()
    try ModelLoader.load(loaded, from: checkpoint, storage: storage)
    // Whole numbers below 256 are the same in each type.
    for (one, other) in zip(saved.parameters, loaded.parameters) {
      #expect(other.value.widened.floats == one.value.floats, "\(one.name)")
      #expect(other.value.shape == one.value.shape)
      let staysNarrow = type == .bf16 && storage == .mapped && one.value.shape.rank >= 2
      #expect(other.value.type == (staysNarrow ? .bf16 : .f32))
    }
  }

  /// Element by element where flax and PyTorch have it.
  @Test func axesOfOtherFrameworks() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    // HWIO (1, 2, 3, 2): the element (0, w, i, o) is 100 w + 10 i + o.
    let kernel = grid([2, 3, 2]) { 100 * $0[0] + 10 * $0[1] + $0[2] }
    // (outputs, inputs) (6, 4): 10 o + i.
    let matrix = grid([6, 4]) { 10 * $0[0] + $0[1] }
    let bias = (0..<6).map(Float.init)
    try writeFloats(
      [
        ("model.conv.w", [1, 2, 3, 2], kernel), ("model.dense.w", [6, 4], matrix),
        ("model.dense.b", [2, 3], bias), ("optimizer.step", [1], [3]),
      ], to: path)
    let naming = ParameterNaming(ignoring: { $0.hasPrefix("optimizer.") }) { parameter in
      switch parameter.name {
      case "conv/kernel": .flaxConvolution("model.conv.w", of: parameter)
      case "dense/kernel": .transposed("model.dense.w", of: parameter)
      default: TensorOrigin("model.dense.b", of: parameter, shape: [2, 3])
      }
    }
    for storage in [WeightStorage.floats, .mapped] {
      let network = SmallNetwork.empty()
      try ModelLoader.load(
        network, from: try Checkpoint(path: path), naming: naming, storage: storage)
      // (out, in, kh, kw).
      let turned = grid([2, 3, 2]) { 100 * $0[2] + 10 * $0[1] + $0[0] }
      #expect(network["conv/kernel"]?.value.floats == turned)
      let straight = grid([4, 6]) { 10 * $0[1] + $0[0] }
      #expect(network["dense/kernel"]?.value.floats == straight)
      #expect(network["dense/bias"]?.value.floats == bias)
    }
  }

  @Test func tellsEveryDifferenceAtOnce() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    let tokens: [Int32] = [1, 2]
    let writer = try SafetensorsWriter(
      path: path,
      tensors: [
        ("params/conv/kernal", .f32, [1]), ("params/dense/kernel", .f32, [2, 1]),
        ("params/dense/bias", .i32, [2]), ("state/x", .f32, [0]),
      ])
    let bytes = [Float](repeating: 0, count: 3)
    try bytes.withUnsafeBytes { try writer.append($0) }
    try tokens.withUnsafeBytes { try writer.append($0) }
    try writer.publish()
    let network = SmallNetwork.counted()
    let checkpoint = try Checkpoint(path: path)
    let error = #expect(throws: ModelLoadError.self) {
      try ModelLoader.load(network, from: checkpoint, naming: .prefixed("params/"))
    }
    #expect(
      error?.description.replacing(scratch.path + "/", with: "") == """
        'm.safetensors' doesn't fit the network; of its tensors, 1 missing, 2 unexpected, 2 of another shape, 1 of another type:
          missing 'params/conv/kernel' [2, 3, 1, 2]; near to it: 'params/conv/kernal'
          unexpected 'params/conv/kernal'
          unexpected 'state/x'
          'params/dense/kernel' is [2, 1], the network has [4, 6]
          'params/dense/bias' is [2], the network has [6]
          'params/dense/bias' is of type i32, the network needs floats
        """)
    #expect(network.parameters.map(\.version) == [0, 0, 0])
  }

  /// A network runs on bf16 weights where they are mapped as on the same weights in f32.
  @Test func runsOnMappedWeights() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    try ModelSaver.save(SmallNetwork.counted(), as: .bf16, to: path)
    let checkpoint = try Checkpoint(path: path)
    let results = try [WeightStorage.floats, .mapped].map { storage in
      let network = SmallNetwork.empty()
      try ModelLoader.load(network, from: checkpoint, storage: storage)
      let pass = Pass(workers: OneThread())
      let (weight, bias) = try (
        #require(network["dense/kernel"]), #require(network["dense/bias"])
      )
      let embedded = pass.embed(Tensor([2], integers: [3, 1]), in: weight)
      let sums = pass.linear(
        Variable(Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])), weight: weight, bias: bias)
      return [embedded.value.floats, sums.value.floats, pass.variable(weight).value.floats]
    }
    #expect(results[0] == results[1])
    // Rows 3 and 1 of the matrix, whose first number is 12.
    let rows = [3, 1].flatMap { row in (0..<6).map { Float(12 + 6 * row + $0) } }
    #expect(results[0][0] == rows)
  }
}

/// The elements of a tensor of whole numbers, given by position, in row-major order.
private func grid(_ shape: [Int], _ element: ([Int]) -> Int) -> [Float] {
  var positions: [[Int]] = [[]]
  for size in shape { positions = positions.flatMap { start in (0..<size).map { start + [$0] } } }
  return positions.map { Float(element($0)) }
}

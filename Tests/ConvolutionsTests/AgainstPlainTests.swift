import CKernels
import Convolutions
import Testing

/// Every pass against the plain kernels, which sum in double.
@Suite(.serialized) struct AgainstPlainTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let shape: ConvolutionShape
    var testDescription: String { name }
  }

  private static func make(
    _ name: String, _ shape: () throws -> ConvolutionShape
  ) -> Case? {
    (try? shape()).map { Case(name: name, shape: $0) }
  }

  static let cases: [Case] = [
    make("1x1") {
      try .same(count: 2, inChannels: 32, outChannels: 16, height: 7, width: 5, kernel: (1, 1))
    },
    make("3x3 of 16") {
      try .same(count: 2, inChannels: 16, outChannels: 32, height: 9, width: 11, kernel: (3, 3))
    },
    make("3x3 of 64") {
      try .same(count: 1, inChannels: 64, outChannels: 64, height: 16, width: 16, kernel: (3, 3))
    },
    make("3 channels in") {
      try .same(count: 2, inChannels: 3, outChannels: 16, height: 8, width: 6, kernel: (3, 3))
    },
    make("3 channels out") {
      try .same(count: 1, inChannels: 16, outChannels: 3, height: 6, width: 8, kernel: (3, 3))
    },
    make("odd channels") {
      try .same(count: 1, inChannels: 5, outChannels: 7, height: 5, width: 5, kernel: (3, 3))
    },
    make("stride 2, flax's padding") {
      try .same(
        count: 2, inChannels: 16, outChannels: 16, height: 8, width: 10, kernel: (3, 3),
        stride: (2, 2))
    },
    make("4x4, stride 2") {
      try .torch(
        count: 1, inChannels: 16, outChannels: 32, height: 8, width: 8, kernel: (4, 4),
        stride: (2, 2), padding: (1, 1))
    },
    make("no padding") {
      try .torch(
        count: 1, inChannels: 16, outChannels: 16, height: 6, width: 7, kernel: (3, 2),
        padding: (0, 0))
    },
  ].compactMap(\.self)

  @Test func allCasesAreShapes() { #expect(Self.cases.count == 9) }

  @Test(arguments: cases) func f32(testCase: Case) throws {
    for isBlocked in [true, false] {
      try check(testCase.shape, isBlocked: isBlocked, .f32, .automatic, tolerance: 1e-5)
    }
  }

  @Test(arguments: cases) func bf16(testCase: Case) throws {
    try check(testCase.shape, isBlocked: true, .bf16, .direct, tolerance: 1e-2)
  }

  /// Winograd's transform loses a little, where the machine has it.
  @Test func winograd() throws {
    let shape = try ConvolutionShape.same(
      count: 2, inChannels: 64, outChannels: 32, height: 13, width: 17, kernel: (3, 3))
    do {
      _ = try ConvolutionPlan(shape, method: .winograd)
    } catch {
      #expect(!ConvolutionMachine.hasAVX512, "\(error)")
      return
    }
    try check(shape, isBlocked: true, .f32, .winograd, tolerance: 1e-4)
  }

  /// Relative error in the Euclidean norm, of what is written over numbers that are none.
  private func check(
    _ shape: ConvolutionShape, isBlocked: Bool, _ precision: ConvolutionPrecision,
    _ method: ConvolutionMethod, tolerance: Double
  ) throws {
    let blocks =
      isBlocked ? (nil, nil) : (Optional(shape.inChannels), Optional(shape.outChannels))
    let plan = try ConvolutionPlan(
      shape, sourceBlock: blocks.0, destinationBlock: blocks.1, precision: precision,
      method: method, threads: 2)
    var conv = PlainConvolution(shape, plan)
    let source = Buffer(plan.source.elementCount, seed: 1)
    let weights = Buffer(shape.weightCount, seed: 2)
    let bias = Buffer(shape.outChannels, seed: 3)
    let gradient = Buffer(plan.destination.elementCount, seed: 4)

    let (output, expected) = (Buffer(gradient.count), Buffer(gradient.count))
    try plan.forward(
      source.constant, weights: weights.constant, bias: bias.constant, into: output.pointer)
    lattice_conv_forward_f32_ref(
      &conv.value, source.pointer, weights.pointer, bias.pointer, expected.pointer)
    #expect(output.error(from: expected) < tolerance, "forward of \(shape)")

    let packed = Buffer(gradient.count)
    let handle = try plan.pack(weights.constant)
    try plan.forward(source.constant, packed: handle, bias: bias.constant, into: packed.pointer)
    #expect(packed.error(from: expected) < tolerance, "packed forward of \(shape)")

    let added = Buffer(gradient.count)
    try plan.forward(
      source.constant, weights: weights.constant, bias: bias.constant,
      residual: gradient.constant, into: added.pointer)
    for index in 0..<expected.count { expected.pointer[index] += gradient.pointer[index] }
    #expect(added.error(from: expected) < tolerance, "forward and sum of \(shape)")

    let (toSource, plainToSource) = (Buffer(source.count), Buffer(source.count))
    try plan.backwardData(gradient.constant, weights: weights.constant, into: toSource.pointer)
    lattice_conv_backward_data_f32_ref(
      &conv.value, gradient.pointer, weights.pointer, plainToSource.pointer)
    #expect(toSource.error(from: plainToSource) < tolerance, "backward data of \(shape)")

    let (toWeights, plainToWeights) = (Buffer(weights.count), Buffer(weights.count))
    let (toBias, plainToBias) = (Buffer(bias.count), Buffer(bias.count))
    try plan.backwardWeights(
      source.constant, gradient.constant, into: toWeights.pointer, bias: toBias.pointer)
    lattice_conv_backward_weights_f32_ref(
      &conv.value, source.pointer, gradient.pointer, plainToWeights.pointer, plainToBias.pointer)
    #expect(toWeights.error(from: plainToWeights) < tolerance, "backward weights of \(shape)")
    #expect(toBias.error(from: plainToBias) < tolerance, "backward bias of \(shape)")
  }
}

/// The sizes in the plain kernels' terms.
struct PlainConvolution {
  var value: lattice_conv

  init(_ shape: ConvolutionShape, _ plan: ConvolutionPlan) {
    value = lattice_conv(
      n: Int64(shape.count), ic: Int64(shape.inChannels), oc: Int64(shape.outChannels),
      h: Int64(shape.height), w: Int64(shape.width), kh: Int64(shape.kernelHeight),
      kw: Int64(shape.kernelWidth), sh: Int64(shape.strideHeight), sw: Int64(shape.strideWidth),
      top: Int64(shape.padding.top), left: Int64(shape.padding.left),
      bottom: Int64(shape.padding.bottom), right: Int64(shape.padding.right),
      src_block: Int64(plan.source.block), dst_block: Int64(plan.destination.block))
  }
}

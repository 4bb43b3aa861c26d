import CKernels
import TensorCore
import Testing

/// The fast kernels against the plain ones, on odd sizes; what isn't written stays no number and fails.
@Suite struct TokenLayerKernelTests {
  private func values(_ count: Int, seed: UInt64) -> [Float] {
    var generator = CounterRandom(seed: seed)
    return (0..<count).map { _ in generator.normal() }
  }

  private func nothing(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }

  private func isClose(_ first: [Float], _ second: [Float], _ tolerance: Float) -> Bool {
    zip(first, second).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test(arguments: [1, 15, 16, 17, 63, 64, 65, 1000]) func rmsNorm(columns: Int) {
    let rows = 5
    let count = rows * columns
    let (x, dy, gain) = (values(count, seed: 1), values(count, seed: 2), values(columns, seed: 3))
    var (fast, plain) = (nothing(count), nothing(count))
    var (scale, scale2) = (nothing(rows), nothing(rows))
    let (r, c) = (Int64(rows), Int64(columns))
    lattice_rms_norm_f32(x, gain, 1e-3, &fast, &scale, r, c)
    lattice_rms_norm_f32_ref(x, gain, 1e-3, &plain, &scale2, r, c)
    #expect(isClose(fast, plain, 1e-5) && isClose(scale, scale2, 1e-5))
    (fast, plain) = (nothing(count), nothing(count))
    lattice_rms_norm_backward_f32(x, gain, scale2, dy, &fast, r, c)
    lattice_rms_norm_backward_f32_ref(x, gain, scale2, dy, &plain, r, c)
    #expect(isClose(fast, plain, columns == 1 ? 1e-3 : 1e-5))
  }

  @Test(arguments: [1, 3, 12, 17], [1, -1] as [Float]) func rotate(pairs: Int, turn: Float) {
    let (rows, tokens, heads) = (11, 4, 3)
    let x = values(rows * heads * pairs * 2, seed: 1)
    let (cosines, sines) = (values(tokens * pairs, seed: 2), values(tokens * pairs, seed: 3))
    var (fast, plain) = (nothing(x.count), nothing(x.count))
    lattice_rotate_f32(
      x, cosines, sines, turn, &fast, Int64(rows), 3, Int64(tokens), Int64(heads), Int64(pairs))
    lattice_rotate_f32_ref(
      x, cosines, sines, turn, &plain, Int64(rows), 3, Int64(tokens), Int64(heads), Int64(pairs))
    #expect(fast == plain)
    var inPlace = x
    inPlace.withUnsafeMutableBufferPointer {
      lattice_rotate_f32(
        $0.baseAddress, cosines, sines, turn, $0.baseAddress, Int64(rows), 3, Int64(tokens),
        Int64(heads), Int64(pairs))
    }
    #expect(inPlace == plain)
  }

  @Test(arguments: [1, 15, 33, 256]) func modulation(columns: Int) {
    let rows = 7
    let count = rows * columns
    let (x, z) = (values(count, seed: 1), values(count, seed: 2))
    let (scale, shift) = (values(columns, seed: 3), values(columns, seed: 4))
    let (r, c) = (Int64(rows), Int64(columns))
    var (fast, plain) = (nothing(count), nothing(count))
    lattice_modulate_f32(x, scale, shift, &fast, r, c)
    lattice_modulate_f32_ref(x, scale, shift, &plain, r, c)
    #expect(fast == plain)
    (fast, plain) = (nothing(count), nothing(count))
    lattice_gate_f32(x, scale, z, &fast, r, c)
    lattice_gate_f32_ref(x, scale, z, &plain, r, c)
    #expect(fast == plain)
    (fast, plain) = (nothing(columns), nothing(columns))
    lattice_column_products_f32(x, z, &fast, r, c)
    lattice_column_products_f32_ref(x, z, &plain, r, c)
    #expect(fast == plain)
  }

  @Test(arguments: [1, 15, 33, 256]) func swiglu(columns: Int) {
    let rows = 7
    let (x, dy) = (values(rows * 2 * columns, seed: 1), values(rows * columns, seed: 2))
    let (r, c) = (Int64(rows), Int64(columns))
    var (fast, plain) = (nothing(dy.count), nothing(dy.count))
    lattice_swiglu_f32(x, &fast, r, c)
    lattice_swiglu_f32_ref(x, &plain, r, c)
    #expect(isClose(fast, plain, 2e-6))
    (fast, plain) = (nothing(x.count), nothing(x.count))
    lattice_swiglu_backward_f32(x, dy, &fast, r, c)
    lattice_swiglu_backward_f32_ref(x, dy, &plain, r, c)
    #expect(isClose(fast, plain, 4e-6))
  }
}

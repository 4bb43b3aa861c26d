import Foundation
import LatticeDriver
import Testing

/// Every type of elements goes from file to file through two stages, byte for byte.
@Suite(.blocking) struct TensorTypesTests {
  @Test(arguments: [
    ("bool", "|b1", 1), ("u8", "|u1", 1), ("i8", "|i1", 1), ("u16", "<u2", 2), ("i16", "<i2", 2),
    ("u32", "<u4", 4), ("i32", "<i4", 4), ("u64", "<u8", 8), ("i64", "<i8", 8), ("f16", "<f2", 2),
    ("f32", "<f4", 4), ("f64", "<f8", 8),
  ])
  func crosses(type: String, code: String, size: Int) throws {
    let lattice = try Lattice()
    let values = (0..<4 * size).map { type == "bool" ? UInt8($0 % 2) : UInt8($0 * 7) }
    try Self.npy(code, values).write(to: lattice.file("in.npy"))
    let output = try lattice.spec(
      "types",
      """
      input: { arrays: { files: [in.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: arrays }, params: { type: \(type), shape: [4] } }
        - { id: write, use: tensor.write@1, in: { tensor: read.tensor }, params: { name: out.npy } }
      """)
    #expect(output.status == 0, "\(output.talk)")
    let written = try Data(contentsOf: lattice.file("types/out.npy"))
    #expect(Array(written.suffix(values.count)) == values)
    #expect(String(decoding: written.prefix(100), as: UTF8.self).contains("'\(code)'"))
  }

  /// A file of four values.
  private static func npy(_ code: String, _ values: [UInt8]) -> Data {
    var header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (4,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + values)
  }
}

import Foundation
import LatticeDriver
import Testing

/// How tokens use their codebook, and JPEG at a size: through the built binaries.
@Suite struct TokenMetricsTests {
  /// Version 1 of numpy's format.
  private func writeNPY(_ tokens: [Int32], _ url: URL) throws {
    var header = "{'descr': '<i4', 'fortran_order': False, 'shape': (\(tokens.count),), }"
    header += String(repeating: " ", count: 64 - (10 + header.utf8.count + 1) % 64) + "\n"
    var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    bytes += Data([UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
    bytes += Data(header.utf8)
    tokens.withUnsafeBytes { bytes += Data($0) }
    try bytes.write(to: url)
  }

  private struct Summary: Decodable, Equatable {
    var items, tokens, codebook_size: Int
    var codebook_usage, perplexity, bits_per_token, bits_per_token_of_fixed_length: Double
  }

  /// 0 once, 1 twice, 3 once of four: three quarters of the codebook, 1.5 bits; in shards of one.
  @Test func countsOverShards() throws {
    let lattice = try Lattice()
    for (name, tokens) in [("a", [0, 1]), ("b", [1, 3]), ("c", [2, 4])] as [(String, [Int32])] {
      try writeNPY(tokens, lattice.file("\(name).npy"))
    }
    let run = try lattice.spec(
      "count",
      """
      input: { tokens: { files: [a.npy, b.npy, c.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: tokens },
            params: { shape: [2], type: i32, semantic: tokens } }
        - { id: use, use: token.metrics@1, in: { tokens: read.tensor }, params: { codebook_size: 4 } }
      shards: { items: 1 }
      errors: { max_failed_items: 1 }
      """)
    #expect(run.status == 3, "\(run.talk)")
    let found = try JSONDecoder().decode(
      Summary.self, from: try Data(contentsOf: lattice.file("count/tokens.json")))
    #expect(
      found
        == Summary(
          items: 2, tokens: 4, codebook_size: 4, codebook_usage: 0.75,
          perplexity: exp2(1.5), bits_per_token: 1.5, bits_per_token_of_fixed_length: 2))
    let failed = try lattice.jobFile("count", "failed.jsonl")
    #expect(
      failed.contains("there is a token 4; with a 'codebook_size' of 4 tokens are 0 to 3"),
      "\(failed)")
  }

  /// A larger file is a better picture, and none is larger than asked for if a quality is that small.
  @Test func jpegFitsASize() throws {
    let lattice = try Lattice()
    try PackedPicturesFile.write(lattice.file("set.safetensors"), count: 2, side: 64)
    let run = try lattice.spec(
      "jpeg",
      """
      input: { pictures: { count: 2 } }
      stages:
        - { id: read, use: dataset.read@1, in: {}, params: { file: set.safetensors, size: 64 } }
        - { id: small, use: image.jpeg@1, in: { image: read.image }, params: { bits_per_pixel: 0.01 } }
        - { id: measure-small, use: image.metrics@1, in: { image: small.image, reference: read.image },
            params: { name: small } }
        - { id: large, use: image.jpeg@1, in: { image: read.image }, params: { bits_per_pixel: 0.74 } }
        - { id: measure-large, use: image.metrics@1, in: { image: large.image, reference: read.image },
            params: { name: large } }
      """)
    try #require(run.status == 0, "\(run.talk)")
    struct Scores: Decodable {
      struct Spread: Decodable { let mean: Double }
      let psnr: Spread
    }
    func psnr(_ name: String) throws -> Double {
      let data = try Data(contentsOf: lattice.file("jpeg/\(name).json"))
      return try JSONDecoder().decode(Scores.self, from: data).psnr.mean
    }
    let (small, large) = (try psnr("small"), try psnr("large"))
    #expect(small > 10 && large > small + 3, "\(small), \(large)")
    // The later stage's file is what an item's metadata ends with; of quality 100 it takes 0.76 bits and more.
    let items = try lattice.jobFile("jpeg", "0000.items.jsonl")
    let sizes = items.matches(of: /"bits_per_pixel":([0-9.]+)/).compactMap { Double($0.1) }
    #expect(sizes.count == 2 && sizes.allSatisfy { $0 > 0.5 && $0 <= 0.74 }, "\(items)")
  }
}

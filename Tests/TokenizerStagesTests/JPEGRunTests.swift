import Foundation
import LatticeDriver
import Testing

/// JPEG at a size, through the built binaries.
@Suite(.blocking) struct JPEGRunTests {
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

import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// The distance between sets of pictures through the built binaries, with the network that comes along.
@Suite(.blocking) struct DistributionRunTests {
  private struct Summary: Decodable {
    let distance, precision, recall: Double
    let pictures, references: Int
    let kernel, kernelError: Double

    enum CodingKeys: String, CodingKey {
      case kernel = "kernel_distance_efficientnet_lite0"
      case kernelError = "kernel_distance_standard_error"
      case distance = "frechet_distance_efficientnet_lite0", precision, recall, pictures
      case references = "reference_pictures"
    }
  }

  /// Pictures against themselves, and against their negatives, in shards of three.
  @Test func aSetIsNearItselfAndFarFromItsNegative() throws {
    let lattice = try Lattice()
    var samples = [UInt8](repeating: 0, count: 8 * 24 * 24 * 3)
    for place in samples.indices {
      let (picture, pixel) = (place / (24 * 24 * 3), place % (24 * 24 * 3) / 3)
      samples[place] = UInt8((pixel % 24 * (picture + 1) * 7 + pixel / 24 * 11) % 200)
    }
    for (name, values) in [("set", samples), ("negative", samples.map { 255 - $0 })] {
      try values.withUnsafeBytes { memory in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "images", type: .u8, shape: [8, 24, 24, 3], memory: memory)
          ], to: lattice.file("\(name).safetensors").path())
      }
    }
    let run = try lattice.spec(
      "compare",
      """
      input: { pictures: { count: 8 } }
      stages:
        - { id: read, use: dataset.read@1, in: {}, params: { file: set.safetensors, size: 24 } }
        - { id: same, use: distribution.metrics@1, model: efficientnet-lite0@1,
            in: { image: read.image, reference: read.image }, params: { name: same } }
        - { id: other, use: distribution.metrics@1, model: efficientnet-lite0@1,
            in: { image: read.image }, params: { name: other, reference: negative.safetensors } }
      shards: { items: 3 }
      """)
    try #require(run.status == 0, "\(run.talk)")
    func summary(_ name: String) throws -> Summary {
      try JSONDecoder().decode(
        Summary.self, from: try Data(contentsOf: lattice.file("compare/\(name).json")))
    }
    let (same, other) = (try summary("same"), try summary("other"))
    #expect(same.pictures == 8 && same.references == 8 && other.references == 8)
    #expect(same.distance < 1e-3 && same.precision == 1 && same.recall == 1, "\(same)")
    #expect(other.distance > 1 && other.distance > 1000 * same.distance, "\(other)")
    #expect(same.kernel < 2 * same.kernelError && other.kernel > same.kernel, "\(same) \(other)")
    // Eight pictures say nothing of a covariance of 1280 features.
    let logs = try FileManager.default.subpathsOfDirectory(atPath: lattice.file(".lattice").path())
      .filter { $0.hasSuffix("other.jsonl") }
      .map { try String(contentsOf: lattice.file(".lattice/\($0)"), encoding: .utf8) }.joined()
    #expect(
      logs.contains(
        "the Fréchet distance of 8 pictures is too great: on 1280 features it wants at least 2560 of each set; the kernel distance has no such bias"
      ), "\(logs)")
  }
}

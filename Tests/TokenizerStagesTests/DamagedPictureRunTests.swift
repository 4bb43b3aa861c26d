import Foundation
import LatticeDriver
import TensorFiles
import Testing

/// Pictures of which part of the data is lost, among those that a tokenizer learns from.
@Suite(.blocking) struct DamagedPictureRunTests {
  /// A JPEG that lacks one restart marker, and the same as it was.
  private func pictures() throws -> (damaged: Data, sound: Data) {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ImageCodecsTests/Files/restarts.jpg")
    let sound = try Data(contentsOf: file)
    var bytes = [UInt8](sound)
    let marker = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD1 })
    bytes.removeSubrange(marker..<(marker + 2))
    return (Data(bytes), sound)
  }

  private func spec(_ input: String, damage: String) -> String {
    """
    input: { pictures: { \(input) } }
    stages:
      - id: train
        use: fsq.train@1
        in: { file: pictures }
        params: { size: 8, filters: 16, groups: 4, multipliers: [1, 2], steps: 2, batch: 2, warmup: 1, levels: [8, 5, 5],
                  report_every: 1, damage: \(damage) }
    output: { model: tiny }
    """
  }

  /// What the stage said, slashes as they are.
  private func log(_ lattice: Lattice, _ job: String) throws -> String {
    try lattice.jobFile(job, "attempt-1/train.jsonl").replacing("\\/", with: "/")
  }

  private static let reason = "the JPEG data is damaged: Corrupt JPEG data: "

  @Test func filesAreNamedOrFail() throws {
    let lattice = try Lattice()
    let (damaged, sound) = try pictures()
    try FileManager.default.createDirectory(
      at: lattice.file("in"), withIntermediateDirectories: true)
    for (name, data) in [("a", sound), ("b", damaged), ("c", sound), ("d", damaged)] {
      try data.write(to: lattice.file("in/\(name).jpg"))
    }
    let kept = try lattice.spec("kept", spec("dir: in", damage: "keep"))
    try #require(kept.status == 0, "\(kept.talk)")
    let log = try log(lattice, "kept")
    for name in ["b", "d"] {
      let path = lattice.file("in/\(name).jpg").path()
      #expect(
        log.contains("'\(path)' is kept as far as it can be shown: \(Self.reason)"), "\(log)")
    }
    #expect(!log.contains("a.jpg") && !log.contains("c.jpg"))
    #expect(try lattice.jobFile("kept", "metrics/train.jsonl").contains("\"damaged_pictures\":2"))
    #expect(try lattice.jobFile("kept", "report.html").contains("<b>damaged_pictures</b>"))
    let failed = try lattice.spec("failed", spec("dir: in", damage: "fail"))
    #expect(failed.status == 1)
    let path = lattice.file("in/b.jpg").path()
    #expect(
      failed.talk.contains("2 pictures are damaged: '\(path)' (\(Self.reason)"), "\(failed.talk)")
    #expect(
      failed.talk.contains("; leave them out, or say 'damage: keep' to learn from what they show"),
      "\(failed.talk)")
  }

  @Test func picturesOfAPackedSetAreNamed() throws {
    let lattice = try Lattice()
    let (damaged, sound) = try pictures()
    let bytes = [UInt8](sound + damaged)
    let offsets = [0, sound.count, sound.count + damaged.count].map(Int64.init)
    try bytes.withUnsafeBytes { bytes in
      try offsets.withUnsafeBytes { offsets in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(name: "jpeg", type: .u8, shape: [bytes.count], memory: bytes),
            TensorFileWriter.Tensor(name: "offsets", type: .i64, shape: [3], memory: offsets),
          ], to: lattice.file("set.safetensors").path())
      }
    }
    let path = lattice.file("set.safetensors").path()
    let kept = try lattice.spec("kept", spec("files: [set.safetensors]", damage: "keep"))
    try #require(kept.status == 0, "\(kept.talk)")
    #expect(
      try log(lattice, "kept").contains(
        "picture 1 of '\(path)' is kept as far as it can be shown: \(Self.reason)"))
    #expect(try lattice.jobFile("kept", "metrics/train.jsonl").contains("\"damaged_pictures\":1"))
    func read(_ name: String, damage: String) throws -> Lattice.Output {
      try lattice.spec(
        name,
        """
        input: { pictures: { count: 2 } }
        stages:
          - { id: read, use: dataset.read@1, params: { file: set.safetensors, size: 8, damage: \(damage) } }
          - { id: save, use: tensor.write@1, in: { tensor: read.image }, params: { name: "{item.number}.npy" } }
        errors: { max_failed_items: 1 }
        """)
    }
    let all = try read("all", damage: "keep")
    #expect(all.status == 0, "\(all.talk)")
    #expect(try lattice.jobFile("all", "damaged.jsonl").contains(Self.reason))
    let sounder = try read("sounder", damage: "fail")
    #expect(sounder.status == 3, "\(sounder.talk)")
    #expect(try lattice.jobFile("sounder", "failed.jsonl").contains(Self.reason))
  }
}

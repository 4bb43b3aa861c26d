import Foundation
import JobModel
import LatticeDriver
import Testing

/// Pictures, tensors and numbers that are not as they should be, through the program.
@Suite(.blocking) struct ForeignDataTests {
  private func npy(_ values: [Float], _ shape: String) -> Data {
    array("<f4", shape, values.withUnsafeBytes { Data($0) })
  }

  private func array(_ type: String, _ shape: String, _ data: Data) -> Data {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
      + Data(header.utf8) + data
  }

  private func logs(_ lattice: Lattice, _ name: String) throws -> String {
    try JobLogs.text(of: lattice.file(".lattice/\(name)/jobs"))
  }

  private func write(_ data: Data, _ name: String, _ lattice: Lattice) throws {
    let file = lattice.file(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  private func summary(_ lattice: Lattice, _ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: lattice.file(name)))
  }

  /// A JPEG of which a restart marker is lost is kept and told, or fails where that is wanted.
  @Test func damagedPicturesAreToldOrFail() throws {
    let lattice = try Lattice()
    let whole = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ImageCodecsTests/Files/restarts.jpg")
    var bytes = [UInt8](try Data(contentsOf: whole))
    let marker = try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD1 })
    bytes.removeSubrange(marker..<(marker + 2))
    try write(Data(bytes), "in/a.jpg", lattice)
    func spec(_ damage: String) -> String {
      """
      input: { photos: { dir: in } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { damage: \(damage) } }
        - { id: save, use: tensor.write@1, in: { tensor: read.image } }
      """
    }
    let kept = try lattice.spec("a", spec("keep"))
    #expect(kept.status == 0, "\(kept.talk)")
    #expect(FileManager.default.fileExists(atPath: lattice.file("a/a.npy").path()))
    let said = try logs(lattice, "a")
    #expect(
      said.contains(
        "'a.jpg' is kept as far as it can be shown: the JPEG data is damaged: Corrupt JPEG data: "),
      "\(said)")
    let shown = try lattice.run(["show", "--spool", ".lattice/a", "a"])
    #expect(shown.status == 0, "\(shown.talk)")
    #expect(shown.data.contains("\n  damaged  1 of those done\n"), "\(shown.data)")
    #expect(
      shown.data.contains("\ndamaged items, done with what they still show (")
        && shown.data.contains("\n  a.jpg  the JPEG data is damaged: Corrupt JPEG data: "),
      "\(shown.data)")
    let json = try lattice.run(["show", "--spool", ".lattice/a", "a", "--json"])
    let details = try JSONValue(parsing: Data(json.data.utf8))
    #expect(details["damagedItems"]?.arrayValue?.map { $0["id"] } == [.string("a.jpg")])
    #expect(details["result"]?["itemsDamaged"] == .int(1))
    let report = try lattice.jobFile("a", "report.html")
    #expect(report.contains("<h2>Damaged items</h2>") && report.contains("<td>a.jpg</td>"))
    let loud = try lattice.run(["run", "a.yaml", "--out", "loud", "--work", "work"])
    #expect(
      loud.talk.contains(
        "  damaged  1 of those done, kept as far as they can be shown:\n  a.jpg  the JPEG data is damaged"
      ), "\(loud.talk)")
    let failed = try lattice.spec("b", spec("fail"))
    #expect(failed.status == 1, "\(failed.talk)")
    #expect(
      try lattice.jobFile("b", "failed.jsonl").contains(
        "the JPEG data is damaged: Corrupt JPEG data: "))
  }

  /// What tensor.write writes tensor.read reads, as the same bits; numpy sees two bytes and no other type's numbers.
  @Test func bf16ComesBack() throws {
    let lattice = try Lattice()
    let bits: [UInt8] = [0x80, 0x3F, 0x80, 0xBF, 0xC0, 0x7F, 0x01, 0x00]
    let header = #"{"x":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    try write(Data(length + Array(header.utf8) + bits), "in/x.safetensors", lattice)
    func spec(_ folder: String, _ name: String) -> String {
      """
      input: { data: { dir: \(folder), glob: "*.{npy,safetensors}" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [4], type: bf16 } }
        - { id: save, use: tensor.write@1, in: { tensor: read.tensor }, params: { name: "\(name)" } }
      """
    }
    let there = try lattice.spec("a", spec("in", "{item.stem}.npy"))
    try #require(there.status == 0, "\(there.talk)")
    let file = try Data(contentsOf: lattice.file("a/x.npy"))
    #expect(file.suffix(8) == Data(bits))
    #expect(String(decoding: file[10..<25], as: UTF8.self) == "{'descr': '<V2'")
    let back = try lattice.spec("b", spec("a", "{item.stem}.safetensors"))
    try #require(back.status == 0, "\(back.talk)")
    #expect(try Data(contentsOf: lattice.file("b/x.safetensors")).suffix(8) == Data(bits))
  }

  /// Without a pixel of truth nothing was measured: null, not 0, which would be the best of all values.
  @Test func metricsOfNothingAreNull() throws {
    let lattice = try Lattice()
    try write(TinyPictures.png(width: 4, height: 2, seed: 1), "in/a.png", lattice)
    for folder in ["gt", "pr"] {
      try write(
        TinyPictures.gray16(width: 4, height: 2, value: 0), "in/\(folder)/a.depth.png", lattice)
    }
    try write(npy([.nan, 0, 0, 0, 0, 0], "(1, 2, 3)"), "in/nan.npy", lattice)
    let output = try lattice.spec(
      "a",
      """
      input: { photos: { dir: in, glob: "*.png" } }
      stages:
        - { id: truth, use: depth.read@1, in: { file: photos }, params: { folder: gt } }
        - { id: pred, use: depth.read@1, in: { file: photos }, params: { folder: pr } }
        - { id: score, use: depth.metrics@1, in: { depth: pred.depth, reference: truth.depth } }
      errors: { max_failed_items: 100% }
      """)
    #expect(output.status != 2, "\(output.talk)")
    let depth = try summary(lattice, "a/depth-metrics.json")
    let names = [
      "rmse", "abs_rel", "log10", "delta1", "delta2", "delta3", "constant_rmse", "constant_metres",
    ]
    #expect(
      depth
        == .object(
          Dictionary(uniqueKeysWithValues: names.map { ($0, .null) }).merging(["items": .int(0)]) {
            $1
          }))
    let pictures = try lattice.spec(
      "b",
      """
      input: { data: { dir: in, glob: "*.npy" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [1, 2, 3], semantic: image.rgb } }
        - { id: score, use: image.metrics@1, in: { image: read.tensor, reference: read.tensor } }
        - { id: color, use: color.metrics@1, in: { image: read.tensor, reference: read.tensor } }
      errors: { max_failed_items: 100% }
      """)
    #expect(pictures.status != 2, "\(pictures.talk)")
    #expect(
      try summary(lattice, "b/metrics.json")
        == .object([
          "items": .int(0), "identical": .int(0), "psnr": .null, "ssim": .null, "mae": .null,
          "pooled_psnr": .null,
        ]))
    #expect(
      try summary(lattice, "b/color-metrics.json")
        == .object([
          "items": .int(0), "chroma_psnr": .null, "chroma_psnr_of_gray": .null,
          "chroma_psnr_of_constant": .null, "chroma_psnr_of_all": .null,
          "chroma_psnr_of_all_gray": .null, "chroma_psnr_of_all_constant": .null,
          "constant_a": .null, "constant_b": .null, "correlation_a": .null, "correlation_b": .null,
        ]))
  }

  /// Tokens that are no codes are counted; of them alone nothing is measured.
  @Test func tokensOutsideTheCodebookAreCounted() throws {
    let lattice = try Lattice()
    let tokens: [Int32] = [7, -1, 99]
    try write(array("<i4", "(3,)", tokens.withUnsafeBytes { Data($0) }), "in/a.npy", lattice)
    func run(_ name: String, codebook: Int) throws -> JSONValue {
      let output = try lattice.spec(
        name,
        """
        input: { data: { dir: in, glob: "*.npy" } }
        stages:
          - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [3], type: i32 } }
          - { id: score, use: tokens.metrics@1, in: { tokens: read.tensor }, params: { codebook: \(codebook) } }
        """)
      try #require(output.status == 0, "\(output.talk)")
      return try summary(lattice, "\(name)/token-metrics.json")
    }
    let some = try run("a", codebook: 8)
    #expect(some["tokens"] == .int(1) && some["outside"] == .int(2) && some["accuracy"] == .null)
    #expect(some["usage"]?.doubleValue == 0.125 && some["entropy"]?.doubleValue == 0)
    #expect(
      try logs(lattice, "a").contains("2 of 3 tokens are no codes of 0...7; they are left out"))
    let none = try run("b", codebook: 1)
    #expect(none["outside"] == .int(3) && none["usage"] == .null && none["perplexity"] == .null)
  }

  /// Depths that 16 bits don't hold become no depth, and are counted.
  @Test func depthBeyondTheSamplesIsTold() throws {
    let lattice = try Lattice()
    try write(
      npy([1, 65.535, 70, 180, .infinity, 0.0001, 0, .nan], "(2, 4, 1)"), "in/d.npy", lattice)
    let output = try lattice.spec(
      "a",
      """
      input: { data: { dir: in, glob: "*.npy" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2, 4, 1], semantic: depth.metres } }
        - { id: save, use: depth.write@1, in: { depth: read.tensor }, params: { preview: "" } }
      """)
    try #require(output.status == 0, "\(output.talk)")
    #expect(
      try logs(lattice, "a").contains(
        "'d.npy': of 8 pixels 3 beyond 65.535 m and 1 nearer than 0.0005 m are out of the range of 16 bits of 0.001 m; they are written as 0, no depth; 'unit' sets the range"
      ))
    let again = try lattice.spec(
      "b",
      """
      input: { data: { files: [a/d.depth.png] } }
      stages:
        - { id: read, use: image.read@1, in: { file: data }, params: { channels: gray } }
        - { id: save, use: tensor.write@1, in: { tensor: read.image }, params: { name: back.npy } }
      """)
    try #require(again.status == 0, "\(again.talk)")
    let values = try Data(contentsOf: lattice.file("b/back.npy")).suffix(32)
    let levels = [Float](unsafeUninitializedCapacity: 8) { buffer, count in
      count = values.copyBytes(to: buffer) / 4
    }
    #expect(levels.map { ($0 * 65_535).rounded() } == [1000, 65_535, 0, 0, 0, 0, 0, 0])
  }

  /// What a picture's file can't hold is cut, and counted.
  @Test func valuesBeyondAPictureAreTold() throws {
    let lattice = try Lattice()
    try write(
      npy([0, 1, -0.5, 1.5, .nan, .infinity, 1.001, -0.001, 0.5, 0.5, 0.5, 2], "(2, 2, 3)"),
      "in/p.npy", lattice)
    func spec(_ more: String) -> String {
      """
      input: { data: { dir: in, glob: "*.npy" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2, 2, 3], semantic: image.rgb } }
        - { id: save, use: image.write@1, in: { image: read.tensor }, params: { name: p.png\(more) } }
      """
    }
    let output = try lattice.spec("a", spec(""))
    try #require(output.status == 0, "\(output.talk)")
    let said = try logs(lattice, "a")
    #expect(said.contains("'p.npy': 2 of 12 values are no finite numbers"), "\(said)")
    #expect(
      said.contains(
        "'p.npy': 3 of 12 values are beyond 'range', 0.0 to 1.0, and are cut to its ends"),
      "\(said)")
    let wide = try lattice.spec("b", spec(", range: [-1, 1.75]"))
    try #require(wide.status == 0, "\(wide.talk)")
    #expect(
      try logs(lattice, "b").contains(
        "'p.npy': 1 of 12 values are beyond 'range', -1.0 to 1.75, and are cut to its ends"))
    let own = try lattice.spec("c", spec(", normalize: true"))
    try #require(own.status == 0, "\(own.talk)")
    #expect(try !logs(lattice, "c").contains("are beyond"))
    let back = try lattice.spec(
      "d",
      """
      input: { data: { files: [a/p.png] } }
      stages:
        - { id: read, use: image.read@1, in: { file: data } }
        - { id: save, use: tensor.write@1, in: { tensor: read.image }, params: { name: back.npy } }
      """)
    try #require(back.status == 0, "\(back.talk)")
    let bytes = try Data(contentsOf: lattice.file("d/back.npy")).suffix(48)
    let levels = [Float](unsafeUninitializedCapacity: 12) { buffer, count in
      count = bytes.copyBytes(to: buffer) / 4
    }
    let expected: [Float] = [0, 255, 0, 255]
    #expect(levels.prefix(4).map { ($0 * 255).rounded() } == expected)
    #expect(levels.suffix(6).map { ($0 * 255).rounded() } == [255, 0, 128, 128, 128, 255])
  }

  /// Values that metrics take for others, or that are none of a picture's, are counted.
  @Test func metricsTellOfStrangeValues() throws {
    let lattice = try Lattice()
    try write(TinyPictures.png(width: 3, height: 2, seed: 1), "in/a.png", lattice)
    try write(npy([1, 2, 3, 20, 0, 4], "(2, 3)"), "in/gt/a.npy", lattice)
    try write(npy([1, 0, -3, 0, 0, .nan], "(2, 3)"), "in/pr/a.npy", lattice)
    let depth = try lattice.spec(
      "b",
      """
      input: { photos: { dir: in, glob: "*.png" } }
      stages:
        - { id: truth, use: depth.read@1, in: { file: photos }, params: { folder: gt, ending: .npy } }
        - { id: pred, use: depth.read@1, in: { file: photos }, params: { folder: pr, ending: .npy } }
        - { id: score, use: depth.metrics@1, in: { depth: pred.depth, reference: truth.depth } }
      """)
    try #require(depth.status == 0, "\(depth.talk)")
    #expect(
      try logs(lattice, "b").contains(
        "'a.png': of 4 pixels with a truth 3 have no predicted depth above 0; they count as 0.001 m"
      ))
    let strange = npy([0, 1, -0.5, 1.5, 1.001, 7], "(1, 2, 3)")
    try write(strange, "in/c/c.npy", lattice)
    let colors = try lattice.spec(
      "c",
      """
      input: { data: { dir: in/c, glob: "*.npy" } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [1, 2, 3], semantic: image.rgb } }
        - { id: score, use: color.metrics@1, in: { image: read.tensor, reference: read.tensor } }
      """)
    try #require(colors.status == 0, "\(colors.talk)")
    #expect(
      try logs(lattice, "c").contains(
        "'c.npy': 3 of 6 values are beyond 0 to 1; they are measured as they are, though written pictures would have them cut"
      ))
  }

  /// A configuration of others is read before anything runs, and the key at fault is named.
  @Test func configurationsAreChecked() throws {
    let lattice = try Lattice()
    let text = #"""
      {"filters": 8, "num_res_blocks": 1, "channel_multipliers": [1, 2], "embedding_dim": 2.5, "codebook_size": 16, "image_size": 16}
      """#
    try write(Data(text.utf8), "config.json", lattice)
    try write(Data([0x80]), "tiny.msgpack", lattice)
    let spec = """
      version: 1
      name: imp
      stages:
        - { id: i, use: maskgit-tokenizer.import@1, params: { files: [tiny.msgpack], config: config.json } }
      output: { model: mine }
      """
    try write(Data(spec.utf8), "imp.yaml", lattice)
    let output = try lattice.run(["check", "imp.yaml"])
    let path = lattice.file("config.json").path()
    #expect(output.status == 2)
    #expect(
      (output.data + output.talk).contains(
        "'i' (maskgit-tokenizer.import): '\(path)': 'embedding_dim' at byte 84 must be a whole number, not 2.5"
      ), "\(output.data)\(output.talk)")
  }
}

import Foundation
import JobModel
import LatticeDriver
import Testing

/// The stages that come with Lattice, through `lattice run`, their files looked at with numpy and Pillow.
@Suite(.blocking) struct StagesTests {
  /// A folder of pictures to run specs over.
  private final class Bench {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "lattice-stages-\(UUID().uuidString)")

    init(pictures: Int) throws {
      try TinyPictures.write(pictures, into: root.appending(path: "images"))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Runs stages over `images`, or over another input; results are in `results`.
    func run(
      _ stages: String, input: String = "{ dir: images }", results: String = "results"
    ) throws -> Lattice.Output {
      let lines = stages.split(separator: "\n").map { "  - { \($0) }" }.joined(separator: "\n")
      let spec = "version: 1\nname: s\ninput: { data: \(input) }\nstages:\n\(lines)\n"
      try Data(spec.utf8).write(to: root.appending(path: "s.yaml"))
      return try Lattice.run(
        ["run", "s.yaml", "--out", results, "--work", "work-\(UUID().uuidString)"], in: root)
    }

    /// Runs stages that must do.
    func mustRun(
      _ stages: String, input: String = "{ dir: images }", results: String = "results"
    ) throws {
      let output = try run(stages, input: input, results: results)
      try #require(output.status == 0, "\(output.talk)")
    }

    func path(_ name: String) -> String { root.appending(path: name).path() }

    func names(_ folder: String = "results") throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    /// What `check_outputs.py` says.
    func look(_ arguments: [String]) throws -> String {
      let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/python/check_outputs.py").path()
      let process = Process()
      process.executableURL = URL(filePath: try StagesTests.python)
      process.arguments = [script] + arguments
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
  }

  /// A Python with numpy and Pillow.
  private static var python: String {
    get throws {
      let found = ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-c", "import numpy, PIL"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
      }
      return try #require(found, "apt-get install -y python3-numpy python3-pil")
    }
  }

  @Test func tokensAndPicturesAreThoseOfNumpy() throws {
    let bench = try Bench(pictures: 3)
    try bench.mustRun(
      """
      id: read, use: image.read@1, in: { file: data }
      id: tok, use: fsq.quantize@1, in: { image: read.image }, params: { levels: [8, 8, 5] }
      id: back, use: fsq.dequantize@1, in: { tokens: tok.tokens }, params: { levels: [8, 8, 5] }
      id: keep, use: tensor.write@1, in: { tensor: tok.tokens }
      id: save, use: image.write@1, in: { image: back.image }
      """)
    #expect(
      try bench.look(["tokenize", bench.path("images"), bench.path("results")]) == "3 pictures")
  }

  @Test func tensorsGoThroughSafetensorsAndBack() throws {
    let bench = try Bench(pictures: 2)
    try bench.mustRun(
      """
      id: read, use: image.read@1, in: { file: data }, params: { size: 8 }
      id: npy, use: tensor.write@1, in: { tensor: read.image }
      id: safe, use: tensor.write@1, in: { tensor: read.image }, params: { name: "{item.stem}.safetensors", key: pixels }
      """)
    try bench.mustRun(
      """
      id: read, use: tensor.read@1, in: { file: data }, params: { shape: [8, 8, 3], key: pixels }
      id: save, use: tensor.write@1, in: { tensor: read.tensor }
      """, input: "{ dir: results, glob: '*.safetensors' }", results: "again")
    for name in ["0000.npy", "0001.npy"] {
      let answer = try bench.look([
        "equal", bench.path("results/\(name)"), bench.path("again/\(name)"),
      ])
      #expect(answer == "float32[8, 8, 3]")
    }
  }

  /// The ends of the colormap turbo are a dark violet and a dark red.
  @Test func picturesOpenElsewhere() throws {
    let bench = try Bench(pictures: 1)
    try bench.mustRun(
      """
      id: gray, use: image.read@1, in: { file: data }, params: { size: 8, channels: gray }
      id: rgb, use: image.read@1, in: { file: data }, params: { size: 8 }
      id: wide, use: image.read@1, in: { file: data }, params: { width: 32, height: 8, fit: pad }
      id: low, use: image.write@1, in: { image: gray.image }, params: { name: low.png, colormap: turbo, range: [2, 3] }
      id: high, use: image.write@1, in: { image: gray.image }, params: { name: high.png, colormap: turbo, range: [-3, -2] }
      id: white, use: image.write@1, in: { image: gray.image }, params: { name: white.png, range: [-3, -2] }
      id: deep, use: image.write@1, in: { image: gray.image }, params: { name: deep.png, range: [-3, -2], bits: 16 }
      id: jpeg, use: image.write@1, in: { image: rgb.image }, params: { name: black.jpg, range: [2, 3] }
      id: back, use: image.write@1, in: { image: rgb.image }, params: { name: back.png, range: [2, 3], original_size: true }
      id: small, use: image.write@1, in: { image: rgb.image }, params: { name: small.png, range: [2, 3], compression: small }
      id: padded, use: image.write@1, in: { image: wide.image }, params: { name: padded.png }
      """)
    let expected = [
      "low.png": "PNG RGB 8 8 (48, 18, 59) (48, 18, 59)",
      "high.png": "PNG RGB 8 8 (122, 4, 3) (122, 4, 3)", "white.png": "PNG L 8 8 255 255",
      // Pillow calls 16-bit grey I or I;16 after its version.
      "deep.png": "PNG I 8 8 65535 65535", "black.jpg": "JPEG RGB 8 8 (0, 0, 0) (0, 0, 0)",
      "back.png": "PNG RGB 16 16 (0, 0, 0) (0, 0, 0)",
      "small.png": "PNG RGB 8 8 (0, 0, 0) (0, 0, 0)",
      "padded.png": "PNG RGB 32 8 (255, 255, 255) (255, 255, 255)",
    ]
    #expect(try bench.names() == expected.keys.sorted())
    for (name, picture) in expected {
      let answer = try bench.look(["picture", bench.path("results/\(name)")])
      #expect(answer.replacingOccurrences(of: "I;16", with: "I") == picture, "\(name)")
    }
  }

  @Test func takenNamesAreErrorsOrSkippedOrReplaced() throws {
    let bench = try Bench(pictures: 2)
    func stages(_ exists: String) -> String {
      """
      id: read, use: image.read@1, in: { file: data }, params: { size: 8 }
      id: save, use: image.write@1, in: { image: read.image }, params: { exists: \(exists) }
      """
    }
    try FileManager.default.createDirectory(
      atPath: bench.path("results"), withIntermediateDirectories: true)
    let taken = URL(filePath: bench.path("results/0001.png"))
    try Data("mine".utf8).write(to: taken)
    let refused = try bench.run(stages("error"))
    #expect(refused.status == 2, "\(refused.talk)")
    #expect(refused.talk.contains("E141"), "\(refused.talk)")
    try bench.mustRun(stages("skip"))
    #expect(try Data(contentsOf: taken) == Data("mine".utf8))
    #expect(try bench.names() == ["0000.png", "0001.png"])
    try bench.mustRun(stages("replace"))
    #expect(try bench.look(["picture", taken.path()]).hasPrefix("PNG RGB 8 8"))
  }

  @Test func metricsAreTabledForEachAndForAll() throws {
    let bench = try Bench(pictures: 3)
    try bench.mustRun(
      """
      id: read, use: image.read@1, in: { file: data }
      id: quality, use: image.metrics@1, in: { image: read.image, reference: read.image }
      """)
    let table = try String(contentsOfFile: bench.path("results/metrics.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n")
    #expect(lines.first == "item,psnr_db,ssim,mae")
    #expect(
      lines.dropFirst().map { $0.split(separator: ",")[0] } == ["0000.png", "0001.png", "0002.png"])
    #expect(lines.dropFirst().allSatisfy { $0.contains(",inf,1.0,0.0") }, "\(table)")
    let summary = try JSONValue(
      parsing: Data(contentsOf: URL(filePath: bench.path("results/metrics.json"))))
    #expect(summary["items"] == .int(3) && summary["identical"] == .int(3), "\(summary)")
  }

  /// A filled box differs from the picture inside, by as much with whatever is around, and nowhere else.
  @Test func aBoxIsFilledAndMeasured() throws {
    let bench = try Bench(pictures: 2)
    try bench.mustRun(
      """
      id: read, use: image.read@1, in: { file: data }
      id: fill, use: image.fill@1, in: { image: read.image }, params: { box: [0.5, 0, 0.5, 1], colour: black }
      id: inside, use: image.metrics@1, in: { image: fill.image, reference: read.image }, params: { name: inside, box: [0.5, 0, 0.5, 1] }
      id: outside, use: image.metrics@1, in: { image: fill.image, reference: read.image }, params: { name: outside, box: [0, 0, 0.5, 1] }
      id: all, use: image.metrics@1, in: { image: fill.image, reference: read.image }, params: { name: all }
      """)
    func summary(_ name: String) throws -> JSONValue {
      try JSONValue(parsing: Data(contentsOf: URL(filePath: bench.path("results/\(name).json"))))
    }
    #expect(try summary("inside")["identical"] == .int(0))
    #expect(try summary("outside")["identical"] == .int(2))
    let inside = try #require(try summary("inside")["mae"]?["mean"]?.doubleValue)
    let all = try #require(try summary("all")["mae"]?["mean"]?.doubleValue)
    #expect(inside > 0 && abs(all - inside / 2) < 1e-6, "\(inside) and \(all)")
    let refused = try bench.run(
      """
      id: read, use: image.read@1, in: { file: data }
      id: fill, use: image.fill@1, in: { image: read.image }, params: { box: [0.5, 0, 0, 1] }
      id: save, use: image.write@1, in: { image: fill.image }
      """)
    #expect(
      refused.talk.contains(
        "'box' is four numbers: left, top, width and height, the last two above 0"),
      "\(refused.talk)")
  }

  @Test func theSheetShowsPairs() throws {
    let bench = try Bench(pictures: 5)
    try bench.mustRun(
      """
      id: read, use: image.read@1, in: { file: data }
      id: sheet, use: sheet.write@1, in: { image: read.image, other: read.image }, params: { columns: 3, tile: 16 }
      """)
    let answer = try bench.look(["picture", bench.path("results/contact-sheet.png")])
    #expect(answer.hasPrefix("PNG RGB "), "\(answer)")
    let size = answer.split(separator: " ").dropFirst(2).prefix(2).compactMap { Int($0) }
    // Three pairs of two tiles across, two rows down, with gaps between.
    #expect(size.count == 2 && size[0] >= 96 && size[0] < 160, "\(answer)")
    #expect(size.count == 2 && size[1] >= 32 && size[1] < 64, "\(answer)")
  }
}

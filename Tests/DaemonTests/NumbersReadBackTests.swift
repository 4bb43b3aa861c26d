import Foundation
import LatticeDriver
import Testing

/// What stages write, opened by another program and read back by the stages that read it: the same numbers.
@Suite(.blocking) struct NumbersReadBackTests {
  /// A Python with Pillow.
  private static var python: String {
    get throws {
      let found = ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-c", "import PIL"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
      }
      return try #require(found, "apt-get install -y python3-pil")
    }
  }

  /// Samples of a picture as Pillow sees them, row by row: numbers, or triples joined.
  private func samples(_ url: URL) throws -> [Int] {
    let process = Process()
    process.executableURL = URL(filePath: try Self.python)
    process.arguments = [
      "-c",
      """
      import sys
      from PIL import Image
      for value in Image.open(sys.argv[1]).getdata():
          print(*(value if isinstance(value, tuple) else [value]))
      """, url.path(),
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      .compactMap { Int($0) }
  }

  private func write(_ data: Data, _ name: String, _ lattice: Lattice) throws {
    let file = lattice.file(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  private func npy<Value>(_ type: String, _ shape: String, _ values: [Value]) -> Data {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
      + Data(header.utf8) + values.withUnsafeBytes { Data($0) }
  }

  /// The last `count` values of an .npy file.
  private func values<Value: BitwiseCopyable>(
    _ url: URL, _ count: Int, as type: Value.Type
  ) throws -> [Value] {
    let bytes = try Data(contentsOf: url).suffix(count * MemoryLayout<Value>.size)
    return [Value](unsafeUninitializedCapacity: count) { buffer, written in
      written = bytes.copyBytes(to: buffer) / MemoryLayout<Value>.size
    }
  }

  @Test(arguments: [
    (0.001, [500, 1000, 2344, 65_534, 0, 10_000]), (0.01, [50, 100, 234, 6553, 0, 1000]),
    (1.0 / 256, [128, 256, 600, 16_777, 0, 2560]),
  ])
  func depthIsTheSameForAllWhoReadIt(unit: Double, steps: [Int]) throws {
    let lattice = try Lattice()
    let metres: [Float] = [0.5, 1, 2.344, 65.534, 0, 10]
    try write(npy("<f4", "(2, 3, 1)", metres), "in/d.npy", lattice)
    try write(TinyPictures.png(width: 3, height: 2, seed: 1), "in/d.png", lattice)
    let there = try lattice.spec(
      "a",
      """
      input: { data: { files: [in/d.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2, 3, 1], semantic: depth.metres } }
        - { id: save, use: depth.write@1, in: { depth: read.tensor }, params: { unit: \(unit) } }
      """)
    try #require(there.status == 0, "\(there.talk)")
    #expect(try samples(lattice.file("a/d.depth.png")) == steps)
    let back = try lattice.spec(
      "b",
      """
      input: { data: { files: [in/d.png] } }
      stages:
        - { id: read, use: depth.read@1, in: { file: data }, params: { folder: ../a, unit: \(unit) } }
        - { id: save, use: tensor.write@1, in: { tensor: read.depth }, params: { name: back.npy } }
      """)
    try #require(back.status == 0, "\(back.talk)")
    #expect(
      try values(lattice.file("b/back.npy"), 6, as: Float.self)
        == steps.map { Float(Double($0) * unit) })
  }

  @Test func panopticLabelsAreTheSameForAllWhoReadThem() throws {
    let lattice = try Lattice()
    // Category and number: two of one category, void, a crowd, and one whose number needs all three bytes.
    let labels: [Int32] = [1, 1, 1, 2, 0, 0, 2, 7, 3, -1, 70, 5]
    try write(npy("<i4", "(2, 3, 2)", labels), "in/p.npy", lattice)
    try write(TinyPictures.png(width: 3, height: 2, seed: 1), "in/p.png", lattice)
    let there = try lattice.spec(
      "a",
      """
      input: { data: { files: [in/p.npy] } }
      stages:
        - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2, 3, 2], type: i32, semantic: panoptic.ids } }
        - { id: save, use: panoptic.write@1, in: { panoptic: read.tensor }, params: { overlay: "" } }
      """)
    try #require(there.status == 0, "\(there.talk)")
    let ids = [1001, 1002, 0, 2007, 3001, 70_005]
    #expect(
      try samples(lattice.file("a/p.png"))
        == ids.flatMap { [$0 & 255, $0 >> 8 & 255, $0 >> 16] })
    struct File: Decodable {
      struct Annotation: Decodable { let segments_info: [Segment] }
      struct Segment: Decodable, Equatable { let id, category_id, area, iscrowd: Int, bbox: [Int] }
      let annotations: [Annotation]
    }
    let file = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: lattice.file("a/panoptic.json")))
    let expected = [
      (1001, 1, 0, [0, 0, 1, 1]), (1002, 1, 0, [1, 0, 1, 1]), (2007, 2, 0, [0, 1, 1, 1]),
      (3001, 3, 1, [1, 1, 1, 1]), (70_005, 70, 0, [2, 1, 1, 1]),
    ].map { File.Segment(id: $0.0, category_id: $0.1, area: 1, iscrowd: $0.2, bbox: $0.3) }
    #expect(file.annotations.map(\.segments_info) == [expected])
    let back = try lattice.spec(
      "b",
      """
      input: { data: { files: [in/p.png] } }
      stages:
        - { id: read, use: panoptic.read@1, in: { file: data }, params: { annotations: ../a/panoptic.json, masks: ../a } }
        - { id: save, use: tensor.write@1, in: { tensor: read.panoptic }, params: { name: back.npy } }
      """)
    try #require(back.status == 0, "\(back.talk)")
    // Categories and crowds come back; segments are numbered as the file lists them.
    #expect(
      try values(lattice.file("b/back.npy"), 12, as: Int32.self)
        == [1, 1, 1, 2, 0, 0, 2, 3, 3, -4, 70, 5])
  }
}

import Foundation
import ImageCodecs
import LabelFiles
import TensorFiles
import Testing

/// Labels as they lie in files, and what is said of files that are something else.
@Suite final class LabelFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "labels-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appending(path: name).path() }

  private func writeDepth(_ metres: [Float], _ shape: [Int], to name: String) throws {
    try metres.withUnsafeBytes {
      try TensorFileWriter.writeNPY(
        TensorFileWriter.Tensor(type: .f32, shape: shape, memory: $0), to: path(name))
    }
  }

  @Test func mirrorsTurnRowsRound() {
    #expect(LabelPicture.mirrored([1, 2, 3, 4, 5, 6], width: 3) == [3, 2, 1, 6, 5, 4])
    #expect(
      LabelPicture.mirrored([1, -1, 2, -2, 3, -3, 4, -4], width: 2, channels: 2)
        == [2, -2, 1, -1, 4, -4, 3, -3])
    let values = (0..<3 * 5 * 4).map { $0 * $0 % 17 }
    let once = LabelPicture.mirrored(values, width: 5, channels: 3)
    #expect(once != values && LabelPicture.mirrored(once, width: 5, channels: 3) == values)
  }

  /// Infinity, negative numbers and no numbers are no depth.
  @Test(arguments: [[2, 3], [2, 3, 1]]) func depthOfAnArray(shape: [Int]) throws {
    try writeDepth([1, 2, .nan, -1, .infinity, 0.5], shape, to: "a.npy")
    let map = try DepthMap(path: path("a.npy"), unit: 0.001)
    #expect(map.width == 3 && map.height == 2)
    #expect(map.metres == [1, 2, 0, 0, 0, 0.5])
  }

  @Test func otherArraysAreNoDepth() throws {
    try writeDepth([1, 2], [2], to: "line.npy")
    let file = path("line.npy")
    #expect(
      throws: LabelFileError.depthArray(path: file, type: "f32", shape: [2])
    ) { try DepthMap(path: file, unit: 1) }
    #expect(
      LabelFileError.depthArray(path: "line.npy", type: "f32", shape: [2]).description
        == "'line.npy' holds f32 of shape [2]; a depth map is f32 of shape [height, width]")
  }

  @Test func depthHasItsPicturesSize() throws {
    try writeDepth([1, 2, 3, 4], [2, 2], to: "a.depth.npy")
    let picture = Picture(width: 3, height: 2, rgb: [UInt8](repeating: 0, count: 18))
    let error = #expect(throws: LabelFileError.self) {
      try DepthMap(
        besides: self.path("a.png"), folder: ".", ending: ".depth.npy", unit: 1, of: picture)
    }
    #expect(
      error?.description == "'\(folder.path())/./a.depth.npy' is 2 x 2, but its picture 3 x 2")
  }

  /// A mask of another name than its picture's is found by the picture's number.
  @Test func masksAreFoundByTheirPictures() throws {
    try write(
      """
      {"images": [{"id": 7, "file_name": "photo.jpg", "width": 2, "height": 1}],
       "annotations": [{"image_id": 7, "file_name": "photo.panoptic.png",
         "segments_info": [{"id": 258, "category_id": 3, "area": 1}, {"id": 5, "category_id": 2, "area": 1, "iscrowd": 1}]}],
       "categories": [{"id": 3, "name": "cat", "isthing": 1}]}
      """, to: "labels.json")
    let mask = Picture(width: 2, height: 1, rgb: [2, 1, 0, 5, 0, 0])
    try writePNG(mask, to: "photo.panoptic.png")
    let masks = try PanopticMasks(annotations: path("labels.json"), masks: folder.path())
    let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])
    let placement = LabelPicture.placement(of: picture, size: nil)
    #expect(try masks.labels(of: "photo.jpg", picture, placement).values == [3, 1, 2, -2])
    let error = #expect(throws: LabelFileError.self) {
      try masks.labels(of: "other.jpg", picture, placement)
    }
    #expect(
      error?.description
        == "'\(path("labels.json"))' has no annotation of 'other.jpg', going by its name")
  }

  @Test func whatIsNoCOCOFileIsOfAllPictures() throws {
    try write("{}", to: "empty.json")
    let error = #expect(throws: LabelFileError.self) {
      try PanopticMasks(annotations: self.path("empty.json"), masks: ".")
    }
    #expect(error?.isOfAll == true)
  }

  @Test func depthMapsAreSoundPNGs() throws {
    let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])
    try PictureEncoder.encode(picture, as: .jpeg(quality: 90)) {
      try Data($0).write(to: folder.appending(path: "a.depth.png"))
    }
    let jpeg = #expect(throws: LabelFileError.self) {
      try DepthMap(path: self.path("a.depth.png"), unit: 1)
    }
    #expect(
      jpeg?.description
        == "'\(path("a.depth.png"))' is a JPEG, which changes the numbers in pixels; a depth map is a PNG"
    )
    for name in ["none.png", "none.npy"] {
      let missing = #expect(throws: LabelFileError.self) {
        try DepthMap(path: self.path(name), unit: 1)
      }
      #expect(missing?.description == "there is no depth map '\(path(name))'")
    }
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private func writePNG(_ picture: Picture, to name: String) throws {
    try PictureEncoder.encode(picture, as: .png(bits: 8, .fast)) {
      try Data($0).write(to: folder.appending(path: name))
    }
  }
}

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
       "categories": [{"id": 3, "name": "cat", "isthing": 1}, {"id": 2, "name": "grass", "isthing": 0}]}
      """, to: "labels.json")
    let mask = Picture(width: 2, height: 1, rgb: [2, 1, 0, 5, 0, 0])
    try writePNG(mask, to: "photo.panoptic.png")
    let masks = try PanopticMasks(annotations: path("labels.json"), masks: folder.path())
    let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])
    let placement = LabelPicture.placement(of: picture, size: nil)
    // In the order of ids: grass is number 1, cats number 2.
    #expect(try masks.labels(of: "photo.jpg", picture, placement).values == [2, 1, 1, -2])
    #expect(masks.numbers.categories.map(\.name) == ["grass", "cat"])
    let error = #expect(throws: LabelFileError.self) {
      try masks.labels(of: "other.jpg", picture, placement)
    }
    #expect(
      error?.description
        == "'\(path("labels.json"))' has no annotation of 'other.jpg', going by its name")
  }

  /// COCO's ids have gaps; models speak of numbers without, and of the same names.
  @Test func categoriesAreNumberedWithoutGaps() {
    let all = COCOCategories.all
    #expect(all.count == 133 && all.map(\.id) == all.map(\.id).sorted())
    #expect(all.count { $0.isThing } == 80 && Set(all.map(\.name)).count == 133)
    let numbers = CategoryNumbers(all.reversed())
    for (id, number, name) in [
      (1, 1, "person"), (13, 12, "stop sign"), (90, 80, "toothbrush"), (92, 81, "banner"),
      (200, 133, "rug-merged"),
    ] {
      #expect(numbers.number(ofID: id) == Int32(number) && numbers.id(ofNumber: number) == id)
      #expect(numbers.categories[number - 1].name == name)
    }
    #expect(numbers.number(ofID: 12) == nil && numbers.number(ofID: 0) == nil)
    #expect(numbers.id(ofNumber: 0) == 0 && numbers.id(ofNumber: 134) == 134)
    #expect(CategoryNumbers([]).number(ofID: 12) == 12)
  }

  /// Sets that count from 0 keep their numbers.
  @Test func categoriesMayCountFromZero() {
    let categories = [7, 0, 11].map {
      PanopticAnnotations.Category(id: $0, name: "\($0)", isThing: true)
    }
    let numbers = CategoryNumbers(categories + categories)
    #expect([0, 7, 11].map { numbers.number(ofID: $0) } == [0, 1, 2])
    #expect([0, 1, 2].map { numbers.id(ofNumber: $0) } == [0, 7, 11])
  }

  @Test func aCategoryThatIsNotListedIsNamed() throws {
    try write(
      """
      {"images": [{"id": 7, "file_name": "photo.jpg", "width": 2, "height": 1}],
       "annotations": [{"image_id": 7, "file_name": "photo.png",
         "segments_info": [{"id": 258, "category_id": 12, "area": 1}]}],
       "categories": [{"id": 11, "name": "fire hydrant", "isthing": 1}]}
      """, to: "labels.json")
    try writePNG(Picture(width: 2, height: 1, rgb: [2, 1, 0, 0, 0, 0]), to: "photo.png")
    let masks = try PanopticMasks(annotations: path("labels.json"), masks: folder.path())
    let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])
    let placement = LabelPicture.placement(of: picture, size: nil)
    let sentence =
      "'\(path("labels.json"))' says that a segment of 'photo.png' is of category 12, which is not among its 'categories'"
    for mismatch in [PanopticMasks.Mismatch.error, .count] {
      let error = #expect(throws: LabelFileError.self) {
        try masks.labels(of: "photo.jpg", picture, placement, mismatch: mismatch)
      }
      #expect(error?.description == sentence)
    }
    let labels = try masks.labels(of: "photo.jpg", picture, placement, mismatch: .ignore)
    #expect(labels.values == [0, 0, 0, 0] && labels.mismatch?.description == sentence)
  }

  /// Results list no categories; another file says what their ids are, as a data set or as a list alone.
  @Test func categoriesOfAnotherFile() throws {
    let list =
      #"[{"id": 3, "name": "cat", "isthing": 1}, {"id": 90, "name": "brush", "isthing": 1}]"#
    try write(list, to: "list.json")
    try write(#"{"info": NaN, "categories": \#(list), "annotations": []}"#, to: "set.json")
    for name in ["list.json", "set.json"] {
      let found = try PanopticAnnotations.categories(path: path(name))
      #expect(found.map(\.id) == [3, 90] && found.map(\.name) == ["cat", "brush"])
    }
    try write(
      """
      {"annotations": [{"image_id": 7, "file_name": "photo.png", "segments_info": [{"id": 5, "category_id": 90}]}]}
      """, to: "results.json")
    try writePNG(Picture(width: 2, height: 1, rgb: [5, 0, 0, 0, 0, 0]), to: "photo.png")
    let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])
    let placement = LabelPicture.placement(of: picture, size: nil)
    for (categories, number) in [
      ([], 90), (try PanopticAnnotations.categories(path: path("list.json")), 2),
    ] as [([PanopticAnnotations.Category], Int32)] {
      let masks = try PanopticMasks(
        annotations: path("results.json"), masks: folder.path(), categories: categories)
      #expect(try masks.labels(of: "photo.jpg", picture, placement).values == [number, 1, 0, 0])
    }
    try write("{}", to: "empty.json")
    let error = #expect(throws: LabelFileError.self) {
      try PanopticAnnotations.categories(path: self.path("empty.json"))
    }
    #expect(
      error?.description
        == "'\(path("empty.json"))' is no COCO panoptic file: byte 0 must be an object with a list of 'categories', not one without"
    )
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

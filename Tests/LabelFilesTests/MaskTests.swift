import Foundation
import ImageCodecs
import LabelFiles
import Testing

/// Which mask is a picture's, and what is said when mask and JSON file disagree.
@Suite final class MaskTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "masks-\(UUID().uuidString)")

  init() throws {
    for name in ["", "aachen", "bochum"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: "gt/\(name)"), withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var json: String { folder.appending(path: "gt.json").path() }
  private var masks: String { folder.appending(path: "gt").path() }
  private let picture = Picture(width: 2, height: 1, rgb: [0, 0, 0, 0, 0, 0])

  /// Writes a mask of two pixels.
  private func mask(_ name: String, _ ids: [UInt8], asJPEG: Bool = false) throws {
    let mask = Picture(width: 2, height: 1, rgb: [ids[0], 0, 0, ids[1], 0, 0])
    try PictureEncoder.encode(mask, as: asJPEG ? .jpeg(quality: 100) : .png(bits: 8, .fast)) {
      try Data($0).write(to: folder.appending(path: "gt/\(name)"))
    }
  }

  /// Opens a JSON file of masks by picture; nil for results, which don't name pictures.
  private func open(
    _ names: [(picture: String?, mask: String)], segments: String = #"{"id": 5, "category_id": 1}"#
  ) throws -> PanopticMasks {
    let images = names.enumerated().compactMap { index, name in
      name.picture.map { #"{"id": \#(index), "file_name": "\#($0)"}"# }
    }
    let annotations = names.enumerated().map { index, name in
      let category = segments.replacingOccurrences(of: "INDEX", with: "\(index + 1)")
      return
        #"{"image_id": \#(index), "file_name": "\#(name.mask)", "segments_info": [\#(category)]}"#
    }
    let text = """
      {"images": [\(images.joined(separator: ","))], "annotations": [\(annotations.joined(separator: ","))]}
      """
    try Data(text.utf8).write(to: URL(filePath: json))
    return try PanopticMasks(annotations: json, masks: masks)
  }

  private func labels(
    _ masks: PanopticMasks, _ file: String, _ mismatch: PanopticMasks.Mismatch = .error
  ) throws(LabelFileError) -> PanopticMasks.Labels {
    try masks.labels(
      of: file, picture, LabelPicture.placement(of: picture, size: nil), mismatch: mismatch)
  }

  private func fault(_ masks: PanopticMasks, _ file: String) -> String? {
    do throws(LabelFileError) {
      _ = try labels(masks, file)
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [true, false])
  func foldersTellPicturesOfOneNameApart(hasImages: Bool) throws {
    try mask("aachen/1.png", [5, 5])
    try mask("bochum/1.png", [0, 5])
    let names = ["aachen", "bochum"].map { (hasImages ? "\($0)/1.jpg" : nil, "\($0)/1.png") }
    let set = try open(names, segments: #"{"id": 5, "category_id": INDEX}"#)
    #expect(try labels(set, "/data/img/aachen/1.jpg").values == [1, 1, 1, 1])
    #expect(try labels(set, "/data/img/bochum/1.jpg").values == [0, 0, 2, 1])
    #expect(
      fault(set, "/data/img/essen/1.jpg")
        == "'\(json)' has no annotation of '/data/img/essen/1.jpg'; of that name it has \(hasImages ? "'aachen/1.jpg', 'aachen/1.png', 'bochum/1.jpg' and 1 more" : "'aachen/1.png', 'bochum/1.png'"), in other folders"
    )
    #expect(
      fault(set, "/data/img/aachen/2.jpg")
        == "'\(json)' has no annotation of '/data/img/aachen/2.jpg', going by its name")
  }

  /// Names without folders, with more of them than the path has, and with other endings.
  @Test func namesOfMoreOrFewerFolders() throws {
    try mask("m.png", [5, 0])
    for name in ["1.jpg", "img/1.jpg", "./img/1.png", "/data/img/1.jpg"] {
      let set = try open([(name, "m.png")])
      #expect(try labels(set, "/data/img/1.jpg").values == [1, 1, 0, 0], "\(name)")
    }
    let deep = try open([("leftImg8bit/val/1.jpg", "m.png")])
    #expect(try labels(deep, "val/1.jpg").values == [1, 1, 0, 0])
  }

  @Test func twoAnnotationsOfOnePictureAreAFault() throws {
    try mask("m.png", [5, 0])
    let set = try open([("1.jpg", "m.png"), ("1.jpg", "n.png")])
    #expect(
      fault(set, "/data/1.jpg")
        == "'\(json)' has 2 annotations that could be of '/data/1.jpg': 'm.png', 'n.png'")
    let endings = try open([("1.jpg", "m.png"), ("1.png", "n.png")])
    #expect(fault(endings, "/data/1.jpg") == nil)
    // A mask that is called as another's picture.
    let crossed = try open([("1.jpg", "2.png"), ("2.jpg", "m.png")])
    #expect(try labels(crossed, "/data/2.jpg").values == [1, 1, 0, 0])
  }

  @Test func segmentsOfOneSideAreFaultsOrLeftOut() throws {
    try mask("m.png", [5, 12])
    let lacking = try open([("1.jpg", "m.png")])
    #expect(
      fault(lacking, "1.jpg")
        == "segment 12 is in the mask '\(masks)/m.png', but '\(json)' doesn't describe it")
    let left = try labels(lacking, "1.jpg", .ignore)
    #expect(left.values == [1, 1, 0, 0])
    #expect(left.mismatch == .undescribed(path: json, mask: "\(masks)/m.png", id: 12))
    try mask("m.png", [5, 0])
    let empty = try open(
      [("1.jpg", "m.png")],
      segments: #"{"id": 5, "category_id": 0}, {"id": 4242, "category_id": 1}"#)
    #expect(
      fault(empty, "1.jpg")
        == "segment 4242 is described in '\(json)', but in no pixel of the mask '\(masks)/m.png'")
    #expect(try labels(empty, "1.jpg", .ignore).values == [0, 1, 0, 0])
    #expect(try labels(empty, "1.jpg", .ignore).absent == [])
    let counted = try labels(empty, "1.jpg", .count)
    #expect(counted.values == [0, 1, 0, 0] && counted.absent == [1, 2])
    #expect(counted.mismatch == nil)
    #expect(throws: LabelFileError.undescribed(path: json, mask: "\(masks)/m.png", id: 12)) {
      try self.mask("m.png", [5, 12])
      _ = try self.labels(lacking, "1.jpg", .count)
    }
    let twice = try open(
      [("1.jpg", "m.png")], segments: #"{"id": 5, "category_id": 0}, {"id": 5, "category_id": 1}"#)
    #expect(
      fault(twice, "1.jpg")
        == "'\(json)' describes segment 5 of the mask '\(masks)/m.png' twice")
  }

  @Test func masksAreSoundPNGs() throws {
    let set = try open([("1.jpg", "m.png")])
    #expect(fault(set, "1.jpg") == "there is no mask '\(masks)/m.png'")
    try mask("m.png", [5, 0], asJPEG: true)
    #expect(
      fault(set, "1.jpg")
        == "'\(masks)/m.png' is a JPEG, which changes the numbers in pixels; a mask is a PNG")
  }
}

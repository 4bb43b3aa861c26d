import FoundationEssentials
import StageSDK

/// A COCO panoptic file: what the segments of PNG masks are.
///
/// Source: https://cocodataset.org, "Panoptic Segmentation"; a segment's id is R + 256 G + 256² B of its pixels.
struct COCOPanoptic: Codable, Sendable {
  struct Picture: Codable, Sendable {
    var id: Int
    var fileName: String
    var width: Int
    var height: Int

    enum CodingKeys: String, CodingKey { case id, fileName = "file_name", width, height }
  }

  struct Annotation: Codable, Sendable {
    var imageID: Int
    var fileName: String
    var segments: [Segment]

    enum CodingKeys: String, CodingKey {
      case imageID = "image_id", fileName = "file_name", segments = "segments_info"
    }
  }

  struct Segment: Codable, Sendable {
    var id: UInt32
    var categoryID: Int
    var area: Int
    /// Left, top, width and height.
    var box: [Int]?
    var isCrowd: Int?

    enum CodingKeys: String, CodingKey {
      case id, categoryID = "category_id", area, box = "bbox", isCrowd = "iscrowd"
    }
  }

  struct Category: Codable, Sendable {
    var id: Int
    var name: String
    var isThing: Int

    enum CodingKeys: String, CodingKey { case id, name, isThing = "isthing" }
  }

  var images: [Picture]
  var annotations: [Annotation]
  var categories: [Category]

  /// Reads a file.
  init(path: String) throws {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    } catch let error as DecodingError {
      throw StageError(.config, "'\(path)' is no COCO panoptic file: \(error)")
    } catch {
      throw StageError(.notFound, "can't read '\(path)': \(error)")
    }
  }

  /// Takes its parts.
  init(images: [Picture], annotations: [Annotation], categories: [Category]) {
    self.images = images
    self.annotations = annotations
    self.categories = categories
  }
}

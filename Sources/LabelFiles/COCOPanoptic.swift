/// A COCO panoptic file as it is written: what the segments of PNG masks are.
///
/// Source: https://cocodataset.org, "Panoptic Segmentation"; a segment's id is R + 256 G + 256² B of its pixels.
package struct COCOPanoptic: Codable, Sendable {
  package struct Picture: Codable, Sendable {
    package var id: Int
    package var fileName: String
    package var width: Int
    package var height: Int

    enum CodingKeys: String, CodingKey { case id, fileName = "file_name", width, height }

    package init(id: Int, fileName: String, width: Int, height: Int) {
      self.id = id
      self.fileName = fileName
      self.width = width
      self.height = height
    }
  }

  package struct Annotation: Codable, Sendable {
    package var imageID: Int
    package var fileName: String
    package var segments: [Segment]

    enum CodingKeys: String, CodingKey {
      case imageID = "image_id", fileName = "file_name", segments = "segments_info"
    }

    package init(imageID: Int, fileName: String, segments: [Segment]) {
      self.imageID = imageID
      self.fileName = fileName
      self.segments = segments
    }
  }

  package struct Segment: Codable, Sendable {
    package var id: UInt32
    package var categoryID: Int
    package var area: Int
    /// Left, top, width and height.
    package var box: [Int]?
    package var isCrowd: Int?

    enum CodingKeys: String, CodingKey {
      case id, categoryID = "category_id", area, box = "bbox", isCrowd = "iscrowd"
    }

    package init(id: UInt32, categoryID: Int, area: Int, box: [Int]?, isCrowd: Int?) {
      self.id = id
      self.categoryID = categoryID
      self.area = area
      self.box = box
      self.isCrowd = isCrowd
    }
  }

  package struct Category: Codable, Sendable {
    package var id: Int
    package var name: String
    package var isThing: Int

    enum CodingKeys: String, CodingKey { case id, name, isThing = "isthing" }

    package init(id: Int, name: String, isThing: Int) {
      self.id = id
      self.name = name
      self.isThing = isThing
    }
  }

  package var images: [Picture]
  package var annotations: [Annotation]
  package var categories: [Category]

  /// Takes its parts.
  package init(images: [Picture], annotations: [Annotation], categories: [Category]) {
    self.images = images
    self.annotations = annotations
    self.categories = categories
  }
}

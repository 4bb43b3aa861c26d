package import ForeignJSON

/// What a COCO panoptic file of any program says of masks: a whole data set, or results with `annotations` alone.
///
/// Ids of pictures may be texts, flags may be `true` or `1`; `area`, `bbox` and what else is there is not looked at.
///
/// Source: https://cocodataset.org, "Panoptic Segmentation", and cocodataset/panopticapi, `evaluation.py`.
package struct PanopticAnnotations: Sendable {
  /// The longest file that is read, in bytes; that of COCO's training set has 400 million.
  package static let largest = 4 << 30

  /// A picture's mask.
  package struct Annotation: Sendable {
    /// What the picture is called; nil where the file doesn't say.
    package var picture: String?
    /// What the mask is called.
    package var mask: String
    package var segments: [Segment]
  }

  /// A segment of a mask.
  package struct Segment: Hashable, Sendable {
    /// R + 256 G + 256² B of its pixels.
    package var id: UInt32
    package var category: Int32
    package var isCrowd: Bool

    /// Describes a segment.
    package init(id: UInt32, category: Int32, isCrowd: Bool) {
      self.id = id
      self.category = category
      self.isCrowd = isCrowd
    }
  }

  /// A category.
  package struct Category: Hashable, Sendable {
    package var id: Int
    package var name: String
    package var isThing: Bool

    /// Describes a category.
    package init(id: Int, name: String, isThing: Bool) {
      self.id = id
      self.name = name
      self.isThing = isThing
    }
  }

  package private(set) var annotations: [Annotation] = []
  package private(set) var categories: [Category] = []

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``LabelFileError`` that says which key of which file is at fault, and at which byte.
  package init(path: String) throws(LabelFileError) {
    self = try Self.read(path) { bytes throws(JSONFault) in try Self(bytes) }
  }

  /// Reads the text of a file.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Throws: `JSONFault`.
  package init(_ bytes: [UInt8]) throws(JSONFault) {
    var pictures: [String: String] = [:]
    var drafts: [(picture: String, annotation: Annotation)] = []
    var hasAnnotations = false
    var json = JSONReader(bytes)
    let start = json.start()
    try json.object { json, key throws(JSONFault) in
      switch key {
      case "images":
        if json.null() { return }
        try json.array { json throws(JSONFault) in
          if let (id, name) = try Self.picture(&json) { pictures[id] = name }
        }
      case "annotations":
        hasAnnotations = true
        try json.array { json throws(JSONFault) in drafts.append(try Self.annotation(&json)) }
      case "categories":
        if json.null() { return }
        try json.array { json throws(JSONFault) in categories.append(try Self.category(&json)) }
      default: try json.anything()
      }
    }
    try json.end()
    guard hasAnnotations else {
      throw json.wrong("an object with the key 'annotations'", at: start, found: "one without")
    }
    annotations = drafts.map { draft in
      var annotation = draft.annotation
      annotation.picture = pictures[draft.picture]
      return annotation
    }
  }

  /// Reads the categories of a file: a data set, or a list of them alone.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its categories, at least one.
  /// - Throws: ``LabelFileError`` that says which key of which file is at fault, and at which byte.
  package static func categories(path: String) throws(LabelFileError) -> [Category] {
    try read(path) { bytes throws(JSONFault) in try categories(bytes) }
  }

  /// Reads a file whole and makes something of its bytes.
  private static func read<Result>(
    _ path: String, _ parse: ([UInt8]) throws(JSONFault) -> Result
  ) throws(LabelFileError) -> Result {
    let bytes: [UInt8]
    do throws(ForeignFile.Fault) {
      bytes = try ForeignFile.bytes(of: path, limit: Self.largest)
    } catch {
      throw .annotations(error.description)
    }
    do throws(JSONFault) {
      return try parse(bytes)
    } catch {
      throw .notCOCO(path: path, reason: error.description)
    }
  }

  private static func categories(_ bytes: [UInt8]) throws(JSONFault) -> [Category] {
    var found: [Category] = []
    var json = JSONReader(bytes)
    let start = json.start()
    if bytes[start...].first == UInt8(ascii: "[") {
      try json.array { json throws(JSONFault) in found.append(try category(&json)) }
    } else {
      try json.object { json, key throws(JSONFault) in
        guard key == "categories" else { return try json.anything() }
        try json.array { json throws(JSONFault) in found.append(try category(&json)) }
      }
    }
    try json.end()
    guard !found.isEmpty else {
      throw json.wrong("an object with a list of 'categories'", at: start, found: "one without")
    }
    return found
  }

  /// Id and name; nil for a picture without one of them, which no annotation can mean.
  private static func picture(
    _ json: inout JSONReader
  ) throws(JSONFault) -> (id: String, name: String)? {
    var (id, name): (String?, String?) = (nil, nil)
    try json.object { json, key throws(JSONFault) in
      switch key {
      case "id": id = try json.identifier()
      case "file_name": if !json.null() { name = try json.text() }
      default: try json.anything()
      }
    }
    guard let id, let name else { return nil }
    return (id, name)
  }

  private static func annotation(
    _ json: inout JSONReader
  ) throws(JSONFault) -> (picture: String, annotation: Annotation) {
    let start = json.start()
    var (picture, mask, segments): (String?, String?, [Segment]?) = (nil, nil, nil)
    try json.object { json, key throws(JSONFault) in
      switch key {
      case "image_id": picture = try json.identifier()
      case "file_name": mask = try json.text()
      case "segments_info":
        var found: [Segment] = []
        try json.array { json throws(JSONFault) in found.append(try segment(&json)) }
        segments = found
      default: try json.anything()
      }
    }
    guard let picture, let mask, let segments else {
      let missing = picture == nil ? "image_id" : mask == nil ? "file_name" : "segments_info"
      throw json.wrong("an object with the key '\(missing)'", at: start, found: "one without")
    }
    return (picture, Annotation(picture: nil, mask: mask, segments: segments))
  }

  private static func segment(_ json: inout JSONReader) throws(JSONFault) -> Segment {
    let start = json.start()
    var (id, category, isCrowd): (Int?, Int?, Bool) = (nil, nil, false)
    try json.object { json, key throws(JSONFault) in
      switch key {
      case "id": id = try json.wholeNumber(in: 0...0xFF_FFFF)
      case "category_id": category = try json.wholeNumber(in: 0...Int(Int32.max))
      case "iscrowd": isCrowd = try json.flag()
      default: try json.anything()
      }
    }
    guard let id, let category else {
      let missing = id == nil ? "id" : "category_id"
      throw json.wrong("an object with the key '\(missing)'", at: start, found: "one without")
    }
    return Segment(id: UInt32(id), category: Int32(category), isCrowd: isCrowd)
  }

  private static func category(_ json: inout JSONReader) throws(JSONFault) -> Category {
    let start = json.start()
    var (id, name, isThing): (Int?, String?, Bool) = (nil, nil, false)
    try json.object { json, key throws(JSONFault) in
      switch key {
      case "id": id = try json.wholeNumber(in: 0...Int(Int32.max))
      case "name": name = try json.identifier()
      case "isthing": isThing = try json.flag()
      default: try json.anything()
      }
    }
    guard let id else {
      throw json.wrong("an object with the key 'id'", at: start, found: "one without")
    }
    return Category(id: id, name: name ?? "category \(id)", isThing: isThing)
  }
}

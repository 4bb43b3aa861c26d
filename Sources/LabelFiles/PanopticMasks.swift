package import ImageCodecs

/// COCO panoptic labels of pictures: PNG masks, and what the JSON file says of their segments.
package struct PanopticMasks: Sendable {
  /// What the JSON file says.
  package let coco: COCOPanoptic
  private let path: String
  private let folder: String
  /// By stem of a picture's name.
  private let annotations: [String: COCOPanoptic.Annotation]

  /// Opens a set.
  ///
  /// - Parameters:
  ///   - path: The JSON file.
  ///   - folder: Where masks are.
  /// - Throws: ``LabelFileError``.
  package init(annotations path: String, masks folder: String) throws(LabelFileError) {
    coco = try COCOPanoptic(path: path)
    self.path = path
    self.folder = folder
    annotations = Self.byStem(coco)
  }

  /// By the names of pictures, and by those of masks where they are the same.
  private static func byStem(_ coco: COCOPanoptic) -> [String: COCOPanoptic.Annotation] {
    let pictures = Dictionary(
      coco.images.map { ($0.id, PathParts.stem(of: $0.fileName)) }, uniquingKeysWith: { $1 })
    var annotations: [String: COCOPanoptic.Annotation] = [:]
    for annotation in coco.annotations {
      annotations[PathParts.stem(of: annotation.fileName)] = annotation
      if let stem = pictures[annotation.imageID] { annotations[stem] = annotation }
    }
    return annotations
  }

  /// Reads a picture's labels.
  ///
  /// - Parameters:
  ///   - file: The picture's path.
  ///   - picture: The picture, whose size the mask must have.
  ///   - placement: What goes where.
  /// - Returns: (height, width, 2) of the placement: category and number of the segment, from 1 on; 0 and 0 for void;
  ///   negative numbers for crowds.
  /// - Throws: ``LabelFileError``.
  package func labels(
    of file: String, _ picture: Picture, _ placement: PictureFit.Placement
  ) throws(LabelFileError) -> [Int32] {
    let stem = PathParts.stem(of: file)
    guard let annotation = annotations[stem] else {
      throw .noAnnotation(path: path, stem: stem)
    }
    let name = "\(folder)/\(annotation.fileName)"
    let mask = try LabelPicture.read(name)
    guard mask.width == picture.width, mask.height == picture.height else {
      throw .size(
        path: name, found: [mask.width, mask.height], picture: [picture.width, picture.height])
    }
    guard mask.bits == 8, mask.channels == 3 else {
      throw .maskSamples(path: name, channels: mask.channels, bits: mask.bits)
    }
    let known = Self.known(annotation)
    var labels = [Int32](repeating: 0, count: 2 * placement.width * placement.height)
    let bytes = mask.bytes
    LabelPicture.pick(placement, width: mask.width, height: mask.height) { place, source in
      let id =
        UInt32(bytes[3 * source]) | UInt32(bytes[3 * source + 1]) << 8
        | UInt32(bytes[3 * source + 2]) << 16
      guard let label = known[id] else { return }
      labels[2 * place] = label.category
      labels[2 * place + 1] = label.number
    }
    return labels
  }

  /// Category and number by id.
  private static func known(
    _ annotation: COCOPanoptic.Annotation
  ) -> [UInt32: (category: Int32, number: Int32)] {
    var labels: [UInt32: (category: Int32, number: Int32)] = [:]
    for (index, segment) in annotation.segments.enumerated() {
      let number = Int32(index + 1)
      labels[segment.id] = (
        Int32(truncatingIfNeeded: segment.categoryID), segment.isCrowd == 1 ? -number : number
      )
    }
    return labels
  }
}

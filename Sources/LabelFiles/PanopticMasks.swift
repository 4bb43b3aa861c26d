package import ImageCodecs

/// COCO panoptic labels of pictures: PNG masks, and what the JSON file says of their segments.
package struct PanopticMasks: Sendable {
  /// What to do where a mask and the JSON file don't have the same segments.
  package enum Mismatch: String, Hashable, Sendable, CaseIterable {
    /// The picture is at fault.
    case error
    /// Pixels of a segment that the JSON lacks are void, segments without pixels or of no category are left out.
    case ignore
    /// Segments without pixels are given beside the labels; else the picture is at fault.
    case count
  }

  /// The labels of a picture.
  package struct Labels: Sendable {
    /// (height, width, 2): category and number of the segment, numbers from 1 on and those of crowds negative; 0 and 0
    /// for void.
    package let values: [Int32]
    /// In what mask and JSON file disagree, where that was ignored.
    package let mismatch: LabelFileError?
    /// Category and number of each segment without pixels, where these are counted.
    package let absent: [Int32]
  }

  /// What the JSON file says.
  package let annotations: PanopticAnnotations
  /// Numbers of its categories, which is what labels say.
  package let numbers: CategoryNumbers
  private let path: String
  private let folder: String
  /// Names of pictures, and those of masks, for files that don't name pictures.
  private var pictures = PictureNames()
  private var masks = PictureNames()

  /// Opens a set.
  ///
  /// - Parameters:
  ///   - path: The JSON file.
  ///   - folder: Where masks are.
  ///   - categories: Of a file that lists none itself, as results do.
  /// - Throws: ``LabelFileError``.
  package init(
    annotations path: String, masks folder: String,
    categories: [PanopticAnnotations.Category] = []
  ) throws(LabelFileError) {
    annotations = try PanopticAnnotations(path: path)
    numbers = CategoryNumbers(
      annotations.categories.isEmpty ? categories : annotations.categories)
    self.path = path
    self.folder = folder
    for (place, annotation) in annotations.annotations.enumerated() {
      if let picture = annotation.picture { pictures.add(picture, place: place) }
      masks.add(annotation.mask, place: place)
    }
  }

  /// Reads a picture's labels.
  ///
  /// - Parameters:
  ///   - file: The picture's path.
  ///   - picture: The picture, whose size the mask must have.
  ///   - placement: What goes where.
  ///   - mismatch: What to do where mask and JSON file disagree.
  /// - Returns: The labels, of the placement's size.
  /// - Throws: ``LabelFileError``.
  package func labels(
    of file: String, _ picture: Picture, _ placement: PictureFit.Placement,
    mismatch: Mismatch = .error
  ) throws(LabelFileError) -> Labels {
    let annotation = try annotation(of: file)
    let name = "\(folder)/\(annotation.mask)"
    let mask = try Self.mask(name, of: picture)
    let (known, unlisted) = try known(annotation, name)
    if let unlisted, mismatch != .ignore { throw unlisted }
    let sides = Self.compare(mask, known)
    let undescribed = sides.undescribed.min().map {
      LabelFileError.undescribed(path: path, mask: name, id: $0)
    }
    let absent = sides.absent.min().map {
      LabelFileError.absent(path: path, mask: name, id: $0)
    }
    if let fault = undescribed ?? (mismatch == .count ? nil : absent), mismatch != .ignore {
      throw fault
    }
    var labels = [Int32](repeating: 0, count: 2 * placement.width * placement.height)
    let bytes = mask.bytes
    LabelPicture.pick(placement, width: mask.width, height: mask.height) { place, source in
      guard let label = known[Self.id(bytes, source)], let category = label.category else {
        return
      }
      labels[2 * place] = category
      labels[2 * place + 1] = label.number
    }
    let lost = mismatch == .count ? sides.absent.compactMap { known[$0] } : []
    return Labels(
      values: labels, mismatch: mismatch == .ignore ? undescribed ?? absent ?? unlisted : nil,
      absent: lost.flatMap { [$0.category ?? 0, $0.number] })
  }

  private func annotation(
    of file: String
  ) throws(LabelFileError) -> PanopticAnnotations.Annotation {
    for names in [pictures, masks] {
      let places = names.places(of: file)
      guard places.count <= 1 else {
        throw .ambiguous(
          path: path, picture: file, masks: places.map { annotations.annotations[$0].mask })
      }
      if let place = places.first { return annotations.annotations[place] }
    }
    throw .noAnnotation(
      path: path, picture: file, near: Array(Set(pictures.near(file) + masks.near(file))).sorted())
  }

  private static func mask(
    _ path: String, of picture: Picture
  ) throws(LabelFileError) -> Picture {
    let mask = try LabelPicture.readExact(path, called: "mask")
    guard mask.width == picture.width, mask.height == picture.height else {
      throw .size(
        path: path, found: [mask.width, mask.height], picture: [picture.width, picture.height])
    }
    guard mask.bits == 8, mask.channels == 3 else {
      throw .maskSamples(path: path, channels: mask.channels, bits: mask.bits)
    }
    return mask
  }

  private static func id(_ bytes: UnsafeRawBufferPointer, _ pixel: Int) -> UInt32 {
    UInt32(bytes[3 * pixel]) | UInt32(bytes[3 * pixel + 1]) << 8
      | UInt32(bytes[3 * pixel + 2]) << 16
  }

  /// What a segment's pixels are; without a category for one that the file doesn't list.
  private typealias Label = (category: Int32?, number: Int32)

  /// Category and number by id, and the fault of a segment whose category isn't listed.
  private func known(
    _ annotation: PanopticAnnotations.Annotation, _ mask: String
  ) throws(LabelFileError) -> (labels: [UInt32: Label], unlisted: LabelFileError?) {
    var labels: [UInt32: Label] = [:]
    var unlisted: LabelFileError?
    for (index, segment) in annotation.segments.enumerated() {
      let number = Int32(index + 1)
      let category = numbers.number(ofID: Int(segment.category))
      if category == nil, unlisted == nil {
        unlisted = .noCategory(path: path, id: Int(segment.category), mask: annotation.mask)
      }
      let label = (category, segment.isCrowd ? -number : number)
      guard labels.updateValue(label, forKey: segment.id) == nil else {
        throw .repeated(path: path, mask: mask, id: segment.id)
      }
    }
    return (labels, unlisted)
  }

  /// Segments that one has and the other lacks; id 0 is void where the JSON file doesn't say otherwise.
  private static func compare(
    _ mask: Picture, _ known: [UInt32: Label]
  ) -> (undescribed: Set<UInt32>, absent: [UInt32]) {
    var found: Set<UInt32> = []
    var last: UInt32?
    let bytes = mask.bytes
    for pixel in 0..<(mask.width * mask.height) {
      let id = id(bytes, pixel)
      if id == last { continue }
      last = id
      found.insert(id)
    }
    return (
      found.filter { $0 != 0 && known[$0] == nil },
      known.keys.filter { !found.contains($0) }.sorted()
    )
  }
}

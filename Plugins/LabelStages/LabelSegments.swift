import LabelFiles

/// The segments of a picture's panoptic labels.
struct LabelSegments {
  /// A segment.
  struct Segment {
    let category: Int32
    let number: Int32
    var area = 0
    /// Columns and rows it reaches over.
    var x: Range<Int>
    var y: Range<Int>

    /// In a mask: above 0 and unique within a picture; a thousand times the category and the number, where that is so.
    fileprivate(set) var id: UInt32 = 0

    /// Of its pixels when no other segment has it.
    fileprivate var wantedID: UInt32? {
      let id = Int(category) * 1000 + Int(number.magnitude)
      return number.magnitude < 1000 && id <= 0xFF_FFFF ? UInt32(id) : nil
    }
  }

  /// In the order of their first pixels.
  private(set) var segments: [Segment] = []
  /// The place of each pixel's segment in ``segments``; nil for void.
  private(set) var pixels: [Int?] = []

  /// Finds the segments of labels of shape (height, width, 2).
  init(_ labels: UnsafeBufferPointer<Int32>, width: Int) {
    var places: [UInt64: Int] = [:]
    pixels.reserveCapacity(labels.count / 2)
    for pixel in 0..<(labels.count / 2) {
      let (category, number) = (labels[2 * pixel], labels[2 * pixel + 1])
      guard category >= 0, number != 0 else {
        pixels.append(nil)
        continue
      }
      let key = UInt64(UInt32(bitPattern: category)) << 32 | UInt64(UInt32(bitPattern: number))
      let (x, y) = (pixel % width, pixel / width)
      let place = places[key] ?? segments.count
      if place == segments.count {
        places[key] = place
        segments.append(
          Segment(category: category, number: number, x: x..<(x + 1), y: y..<(y + 1)))
      }
      segments[place].area += 1
      segments[place].x =
        min(x, segments[place].x.lowerBound)..<max(x + 1, segments[place].x.upperBound)
      segments[place].y = segments[place].y.lowerBound..<(y + 1)
      pixels.append(place)
    }
    nameSegments()
  }

  /// Gives each segment an id of its own.
  private mutating func nameSegments() {
    var taken: Set<UInt32> = [0]
    for place in segments.indices {
      guard let id = segments[place].wantedID, taken.insert(id).inserted else { continue }
      segments[place].id = id
    }
    var next: UInt32 = 1
    for place in segments.indices where segments[place].id == 0 {
      while !taken.insert(next).inserted { next += 1 }
      segments[place].id = next
    }
  }

  /// As COCO describes them.
  var described: [COCOPanoptic.Segment] {
    segments.map { segment in
      COCOPanoptic.Segment(
        id: segment.id, categoryID: Int(segment.category), area: segment.area,
        box: [segment.x.lowerBound, segment.y.lowerBound, segment.x.count, segment.y.count],
        isCrowd: segment.number < 0 ? 1 : 0)
    }
  }

  /// The mask: a segment's id in the colour of its pixels.
  func mask(width: Int, height: Int) -> Canvas {
    var canvas = Canvas(width: width, height: height, colour: (0, 0, 0))
    for (pixel, place) in pixels.enumerated() {
      guard let place else { continue }
      let id = segments[place].id
      canvas.set(
        pixel % width, pixel / width,
        (
          UInt8(truncatingIfNeeded: id), UInt8(truncatingIfNeeded: id >> 8),
          UInt8(truncatingIfNeeded: id >> 16)
        ))
    }
    return canvas
  }
}

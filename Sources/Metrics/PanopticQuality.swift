/// Panoptic quality, summed up over pictures.
///
/// Segments of one category match when they overlap by more than half, which no segment does with two others:
///
///     PQ = SQ RQ,  SQ = sum of IoU over matches / TP,  RQ = TP / (TP + FP / 2 + FN / 2)
///
/// Pixels without truth (void) take no part in an overlap's union; a segment that lies for the most part on void, or on
/// a crowd of its category, is no fault. Categories that occur nowhere don't count.
///
/// Source: Kirillov et al. 2019, "Panoptic segmentation", section 4; details as in the COCO panoptic API.
package struct PanopticQuality: Hashable, Sendable {
  /// A segment of a picture.
  package struct Segment: Hashable, Sendable {
    /// Of its pixels, above 0.
    package var id: UInt32
    package var category: Int
    /// True for a region of many things that are not told apart; of the truth alone.
    package var isCrowd: Bool
    /// Pixels; nil to count them.
    package var area: Int?

    /// Describes a segment.
    package init(id: UInt32, category: Int, isCrowd: Bool = false, area: Int? = nil) {
      self.id = id
      self.category = category
      self.isCrowd = isCrowd
      self.area = area
    }
  }

  /// What one category came to.
  package struct Counts: Hashable, Sendable, Codable {
    package var truePositives = 0
    package var falsePositives = 0
    package var falseNegatives = 0
    /// Of the true positives.
    package var intersectionOverUnion = 0.0

    /// Starts with none.
    package init() {}

    /// Whether there was nothing to find and nothing found.
    package var isEmpty: Bool { weight == 0 }

    var weight: Double {
      Double(truePositives) + Double(falsePositives) / 2 + Double(falseNegatives) / 2
    }
    /// PQ, SQ and RQ of 0...1.
    package var quality: Averages {
      guard weight > 0 else { return Averages(panoptic: 0, segmentation: 0, recognition: 0) }
      return Averages(
        panoptic: intersectionOverUnion / weight,
        segmentation: truePositives == 0 ? 0 : intersectionOverUnion / Double(truePositives),
        recognition: Double(truePositives) / weight)
    }
  }

  /// Averages over categories.
  package struct Averages: Hashable, Sendable, Codable {
    package var panoptic: Double
    package var segmentation: Double
    package var recognition: Double
    /// Categories that were averaged.
    package var categories = 1

    /// Takes averages.
    package init(panoptic: Double, segmentation: Double, recognition: Double, categories: Int = 1) {
      self.panoptic = panoptic
      self.segmentation = segmentation
      self.recognition = recognition
      self.categories = categories
    }
  }

  /// By category.
  package private(set) var counts: [Int: Counts] = [:]

  /// Starts with no picture.
  package init(counts: [Int: Counts] = [:]) { self.counts = counts }

  /// Takes in what was counted of other pictures.
  package mutating func add(_ other: PanopticQuality) {
    for (category, part) in other.counts {
      counts[category, default: Counts()].truePositives += part.truePositives
      counts[category, default: Counts()].falsePositives += part.falsePositives
      counts[category, default: Counts()].falseNegatives += part.falseNegatives
      counts[category, default: Counts()].intersectionOverUnion += part.intersectionOverUnion
    }
  }

  /// Takes in a picture.
  ///
  /// - Parameters:
  ///   - predicted: A segment's id for each pixel, 0 for none.
  ///   - predictedSegments: All that occur.
  ///   - truth: Likewise, as many pixels.
  ///   - truthSegments: All that occur.
  /// - Throws: ``PanopticError`` when segments and pixels don't fit; nothing is taken in then.
  package mutating func add(
    predicted: [UInt32], _ predictedSegments: [Segment], truth: [UInt32],
    _ truthSegments: [Segment]
  ) throws(PanopticError) {
    guard predicted.count == truth.count else {
      throw .sizes(predicted: predicted.count, truth: truth.count)
    }
    let predictedAreas = try Self.areas(predicted, predictedSegments, isTruth: false)
    let truthAreas = try Self.areas(truth, truthSegments, isTruth: true)
    var overlaps: [UInt64: Int] = [:]
    for (t, p) in zip(truth, predicted) { overlaps[UInt64(t) << 32 | UInt64(p), default: 0] += 1 }
    func overlap(_ t: UInt32, _ p: UInt32) -> Int { overlaps[UInt64(t) << 32 | UInt64(p)] ?? 0 }
    var matchedTruth: Set<UInt32> = []
    var matchedPredicted: Set<UInt32> = []
    for t in truthSegments where !t.isCrowd {
      for p in predictedSegments where p.category == t.category {
        let common = overlap(t.id, p.id)
        guard common > 0, let area = predictedAreas[p.id], let other = truthAreas[t.id] else {
          continue
        }
        let union = area + other - common - overlap(0, p.id)
        let share = Double(common) / Double(union)
        guard share > 0.5 else { continue }
        counts[t.category, default: Counts()].truePositives += 1
        counts[t.category, default: Counts()].intersectionOverUnion += share
        matchedTruth.insert(t.id)
        matchedPredicted.insert(p.id)
      }
    }
    var crowds: [Int: UInt32] = [:]
    for t in truthSegments where !matchedTruth.contains(t.id) {
      if t.isCrowd {
        crowds[t.category] = t.id
      } else {
        counts[t.category, default: Counts()].falseNegatives += 1
      }
    }
    for p in predictedSegments where !matchedPredicted.contains(p.id) {
      let excused = overlap(0, p.id) + (crowds[p.category].map { overlap($0, p.id) } ?? 0)
      guard Double(excused) / Double(predictedAreas[p.id] ?? 1) <= 0.5 else { continue }
      counts[p.category, default: Counts()].falsePositives += 1
    }
  }

  /// Averages over the categories of a set that occur; all of them without a set.
  package func averages(over categories: Set<Int>? = nil) -> Averages {
    let kept = counts.filter { categories?.contains($0.key) ?? true }.sorted { $0.key < $1.key }
      .map(\.value).filter { $0.weight > 0 }
    let share = 1 / Double(max(1, kept.count))
    return Averages(
      panoptic: kept.map(\.quality.panoptic).reduce(0, +) * share,
      segmentation: kept.map(\.quality.segmentation).reduce(0, +) * share,
      recognition: kept.map(\.quality.recognition).reduce(0, +) * share, categories: kept.count)
  }

  private static func areas(
    _ pixels: [UInt32], _ segments: [Segment], isTruth: Bool
  ) throws(PanopticError) -> [UInt32: Int] {
    var areas: [UInt32: Int] = [:]
    for pixel in pixels where pixel != 0 { areas[pixel, default: 0] += 1 }
    if !isTruth {
      let known = Set(segments.map(\.id))
      if let id = areas.keys.filter({ !known.contains($0) }).min() { throw .undescribed(id: id) }
      if let id = known.filter({ areas[$0] == nil }).min() { throw .absent(id: id) }
    }
    for segment in segments { if let area = segment.area { areas[segment.id] = area } }
    return areas
  }
}

/// Why a prediction can't be scored.
package enum PanopticError: Error, Hashable, Sendable, CustomStringConvertible {
  case sizes(predicted: Int, truth: Int)
  case undescribed(id: UInt32)
  case absent(id: UInt32)

  package var description: String {
    switch self {
    case .sizes(let predicted, let truth):
      "the prediction has \(predicted) pixels, its truth \(truth); they must be of one size"
    case .undescribed(let id):
      "segment \(id) is in the prediction's pixels, but not among its segments"
    case .absent(let id):
      "segment \(id) is among the prediction's segments, but in none of its pixels"
    }
  }
}

package import TensorCore

/// Categories and instances as panoptic models take and give them.
package enum PanopticLabels {
  /// What a model learns from: labels of semantics and of instances, each (height, width) row by row.
  ///
  /// Instances are numbered anew, from 1 on, in an order that the picture shows. Void is category 0 of instance 0;
  /// crowds, which have negative numbers, and instances that are too many become -1, which is learned from by none.
  ///
  /// Source: the authors' code, `make_canonical`.
  ///
  /// - Parameters:
  ///   - labels: (height, width, 2): category and number of the segment.
  ///   - width: Of the picture.
  ///   - semantics: Categories the model knows, void among them.
  ///   - instances: Instances the model knows, void among them.
  ///   - order: In which they are numbered.
  ///   - things: Categories that are counted one by one.
  /// - Returns: Both maps.
  package static func canonical(
    _ labels: UnsafeBufferPointer<Int32>, width: Int, semantics: Int, instances: Int,
    order: InstanceOrder = .top, things: Set<Int32> = []
  ) -> (semantics: [Int32], instances: [Int32]) {
    var sums: [UInt64: (y: Double, x: Double, count: Double)] = [:]
    func key(_ pixel: Int) -> UInt64 {
      UInt64(UInt32(bitPattern: labels[2 * pixel])) << 32
        | UInt64(UInt32(bitPattern: labels[2 * pixel + 1]))
    }
    let pixels = 0..<(labels.count / 2)
    for pixel in pixels where labels[2 * pixel] > 0 && labels[2 * pixel + 1] > 0 {
      let sum = sums[key(pixel)] ?? (0, 0, 0)
      sums[key(pixel)] = (
        sum.y + Double(pixel / width), sum.x + Double(pixel % width), sum.count + 1
      )
    }
    let ranks = sums.map { key, sum in
      (
        key: key,
        rank: order.rank(
          key, centre: (sum.y / sum.count, sum.x / sum.count),
          isThing: things.contains(Int32(truncatingIfNeeded: key >> 32)))
      )
    }
    let numbers = Dictionary(
      uniqueKeysWithValues: ranks.sorted { $0.rank < $1.rank }.enumerated().map {
        ($0.element.key, Int32($0.offset + 1))
      })
    var maps: (semantics: [Int32], instances: [Int32]) = ([], [])
    for pixel in pixels {
      let category = labels[2 * pixel]
      guard labels[2 * pixel + 1] >= 0, category >= 0 else {
        maps.semantics.append(-1)
        maps.instances.append(-1)
        continue
      }
      let number = numbers[key(pixel)] ?? 0
      maps.semantics.append(Int(category) < semantics ? category : -1)
      maps.instances.append(Int(number) < instances ? number : -1)
    }
    return maps
  }

  /// What a model's logits say: each instance gets the category whose logits, summed up over it, are greatest.
  ///
  /// Source: Kolesnikov et al. 2022, section 4.1, and the authors' code.
  ///
  /// - Parameters:
  ///   - semantics: f32, (patches, categories, pixels).
  ///   - instances: f32, (patches, instances, pixels).
  ///   - columns: Patches across.
  ///   - leastShare: Instances of a smaller share of the picture become void, 0...1.
  /// - Returns: (height, width, 2): category and number of the segment; 0 and 0 for void.
  package static func decoded(
    semantics: Tensor, instances: Tensor, columns: Int, leastShare: Double
  ) -> [Int32] {
    let (patches, categories, pixels) = (
      semantics.shape[0], semantics.shape[1], semantics.shape[2]
    )
    let size = Int(Double(pixels).squareRoot().rounded())
    let count = instances.shape[1]
    let map = LabelMaps.greatest(
      instances.reshaped([1, patches, count, pixels]), columns: columns)
    var sums = [Double](repeating: 0, count: count * categories)
    var areas = [Int](repeating: 0, count: count)
    semantics.withFloats { semantics in
      Patches.eachRun(1, patches / columns, columns, size) { patch, line, picture in
        for index in 0..<size {
          let instance = Int(map[picture * size + index])
          areas[instance] += 1
          for category in 0..<categories {
            sums[instance * categories + category] += Double(
              semantics[(patch * categories + category) * pixels + line * size + index])
          }
        }
      }
    }
    let chosen = (0..<count).map { instance in
      (0..<categories).max { sums[instance * categories + $0] < sums[instance * categories + $1] }
        ?? 0
    }
    let least = leastShare * Double(map.count)
    return map.flatMap { instance -> [Int32] in
      let category = chosen[Int(instance)]
      guard category > 0, Double(areas[Int(instance)]) > least else { return [0, 0] }
      return [Int32(category), instance + 1]
    }
  }
}

import Glibc
package import TensorCore

/// Whole numbers of pixels, one for each, as models take and give them.
package enum LabelMaps {
  /// Orders pixels patch by patch.
  ///
  /// - Parameters:
  ///   - map: (batch, height, width), row by row; sides are multiples of `size`.
  ///   - batch: Pictures.
  ///   - width: Of a picture.
  ///   - size: Of a patch.
  /// - Returns: i32, (batch, patches, size size).
  package static func cut(_ map: [Int32], batch: Int, width: Int, size: Int) -> Tensor {
    let height = map.count / max(1, batch * width)
    let (rows, columns) = (height / size, width / size)
    return Tensor(
      [batch, rows * columns, size * size], type: .i32, of: Int32.self
    ) { target in
      Patches.eachRun(batch, rows, columns, size) { patch, line, picture in
        for index in 0..<size {
          target[(patch * size + line) * size + index] = map[picture * size + index]
        }
      }
    }
  }

  /// A one for each pixel's number among its values, zeros else; a number that is no value has none.
  ///
  /// - Parameters:
  ///   - labels: i32, (batch, patches, pixels).
  ///   - values: How many there are.
  /// - Returns: f32, (batch, patches, values, pixels).
  package static func oneHot(_ labels: Tensor, values: Int) -> Tensor {
    let pixels = labels.shape[2]
    return Tensor([labels.shape[0], labels.shape[1], values, pixels]) { target in
      target.update(repeating: 0)
      labels.withElements(Int32.self) { labels in
        for (place, label) in labels.enumerated() where label >= 0 && Int(label) < values {
          target[(place / pixels * values + Int(label)) * pixels + place % pixels] = 1
        }
      }
    }
  }

  /// The expectation of each pixel: the mean of what its values stand for, each by its probability.
  ///
  /// - Parameters:
  ///   - logits: f32, (batch, patches, values, pixels).
  ///   - meanings: What each value stands for, such as the middles of depth bins.
  ///   - columns: Patches across.
  /// - Returns: (batch, height, width), row by row.
  package static func expected(_ logits: Tensor, of meanings: [Float], columns: Int) -> [Float] {
    let (batch, patches) = (logits.shape[0], logits.shape[1])
    let (values, pixels) = (logits.shape[2], logits.shape[3])
    precondition(meanings.count == values, "each value stands for something")
    let size = Int(Double(pixels).squareRoot().rounded())
    var means = [Float](repeating: 0, count: batch * patches * pixels)
    logits.withFloats { logits in
      means.withUnsafeMutableBufferPointer { means in
        for patch in 0..<(batch * patches) {
          expect(
            UnsafeBufferPointer(rebasing: logits[(patch * values * pixels)...]), meanings,
            into: UnsafeMutableBufferPointer(
              rebasing: means[(patch * pixels)..<((patch + 1) * pixels)]))
        }
      }
    }
    var map = [Float](repeating: 0, count: means.count)
    Patches.eachRun(batch, patches / columns, columns, size) { patch, line, picture in
      for index in 0..<size {
        map[picture * size + index] = means[(patch * size + line) * size + index]
      }
    }
    return map
  }

  /// The expectations of one patch's pixels.
  private static func expect(
    _ logits: UnsafeBufferPointer<Float>, _ meanings: [Float],
    into means: UnsafeMutableBufferPointer<Float>
  ) {
    let pixels = means.count
    for pixel in means.indices {
      var greatest = -Float.infinity
      for value in meanings.indices { greatest = max(greatest, logits[value * pixels + pixel]) }
      var (total, sum) = (0.0, 0.0)
      for (value, meaning) in meanings.enumerated() {
        let weight = Double(exp(logits[value * pixels + pixel] - greatest))
        total += weight
        sum += weight * Double(meaning)
      }
      means[pixel] = Float(sum / total)
    }
  }

  /// The place of the greatest logit of each pixel.
  ///
  /// - Parameters:
  ///   - logits: f32, (batch, patches, values, pixels).
  ///   - columns: Patches across.
  /// - Returns: (batch, height, width), row by row.
  package static func greatest(_ logits: Tensor, columns: Int) -> [Int32] {
    let (batch, patches) = (logits.shape[0], logits.shape[1])
    let (values, pixels) = (logits.shape[2], logits.shape[3])
    let size = Int(Double(pixels).squareRoot().rounded())
    var map = [Int32](repeating: 0, count: batch * patches * pixels)
    logits.withFloats { logits in
      Patches.eachRun(batch, patches / columns, columns, size) { patch, line, picture in
        for index in 0..<size {
          let start = patch * values * pixels + line * size + index
          var best = 0
          for value in 1..<max(1, values)
          where logits[start + value * pixels] > logits[start + best * pixels] {
            best = value
          }
          map[picture * size + index] = Int32(best)
        }
      }
    }
    return map
  }
}

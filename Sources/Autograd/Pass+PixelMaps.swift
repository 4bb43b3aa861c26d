import Convolutions
package import Kernels
import TensorCore

extension Pass {
  /// Pixels taken from elsewhere in their picture.
  package func take(_ pixels: PixelMap, from map: FeatureMap) -> FeatureMap {
    let layout = map.layout(height: pixels.height, width: pixels.width)
    let (input, planes) = (map.variable, map.planes)
    let value = pixels.forward(
      input.value, planes, as: FeatureMap.shape(layout), workers: workers)
    let output = result(value, of: [input]) { gradient, pass in
      input.accumulate(
        pixels.backward(gradient, planes, as: input.shape, workers: pass.workers), pass)
    }
    return FeatureMap(output, layout)
  }

  /// The same for pictures, (N, H, W, C).
  package func take(_ pixels: PixelMap, from images: Variable) -> Variable {
    precondition(images.shape.rank == 4, "pictures are (N, H, W, C), not \(images.shape)")
    let map = features(images, block: images.shape[3])
    return self.pixels(take(pixels, from: map))
  }

  /// Each pixel `factor` times in both directions.
  package func upsampleNearest(_ map: FeatureMap, factor: Int = 2) -> FeatureMap {
    take(.repeating(map.height, map.width, times: factor), from: map)
  }

  /// Pictures of another size, each pixel taken from the one nearest to its centre.
  ///
  /// - Parameters:
  ///   - images: Shape (N, H, W, C).
  ///   - height: Rows that come out.
  ///   - width: Columns that come out.
  /// - Returns: Shape (N, height, width, C).
  package func resizeNearest(_ images: Variable, height: Int, width: Int) -> Variable {
    take(
      .nearest(from: (images.shape[1], images.shape[2]), to: (height, width)), from: images)
  }

  /// Adds rows and columns around pictures.
  package func pad(_ map: FeatureMap, _ padding: PixelMap.Padding) -> FeatureMap {
    take(.padding(map.height, map.width, padding), from: map)
  }

  /// Adds rows and columns around pictures, (N, H, W, C).
  package func pad(_ images: Variable, _ padding: PixelMap.Padding) -> Variable {
    take(.padding(images.shape[1], images.shape[2], padding), from: images)
  }

  /// A part of each picture.
  package func crop(_ map: FeatureMap, rows: Range<Int>, columns: Range<Int>) -> FeatureMap {
    take(PixelMap(rows: Array(rows), columns: Array(columns)), from: map)
  }

  /// A part of each picture, (N, H, W, C).
  package func crop(_ images: Variable, rows: Range<Int>, columns: Range<Int>) -> Variable {
    take(PixelMap(rows: Array(rows), columns: Array(columns)), from: images)
  }
}

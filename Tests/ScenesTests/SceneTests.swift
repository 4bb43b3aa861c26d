import Scenes
import TensorCore
import Testing

@Suite struct SceneTests {
  private struct Pictures: Equatable {
    var image: [Float]
    var depth: [Float]
    var labels: [Int32]

    init(seed: UInt64, size: Int = 32, solids: ClosedRange<Int> = 1...6, samples: Int = 1) {
      var random = CounterRandom(seed: seed)
      let scene = Scene(&random, solids: solids)
      image = [Float](repeating: .nan, count: size * size * 3)
      depth = [Float](repeating: .nan, count: size * size)
      labels = [Int32](repeating: -1, count: size * size * 2)
      image.withUnsafeMutableBufferPointer { image in
        depth.withUnsafeMutableBufferPointer { depth in
          labels.withUnsafeMutableBufferPointer { labels in
            SceneRenderer(size: size, samples: samples).render(
              scene, image: image, depth: depth, labels: labels)
          }
        }
      }
    }
  }

  @Test func isTheSameForTheSameSeed() {
    #expect(Pictures(seed: 5) == Pictures(seed: 5))
    #expect(Pictures(seed: 5).depth != Pictures(seed: 6).depth)
  }

  @Test(arguments: 0..<12 as Range<UInt64>) func valuesAreInRange(seed: UInt64) {
    let pictures = Pictures(seed: seed)
    #expect(pictures.image.allSatisfy { (0...1).contains($0) })
    #expect(pictures.depth.allSatisfy { $0 == 0 || (0.3...10).contains($0) })
    let categories = Set(
      stride(from: 0, to: pictures.labels.count, by: 2).map { pictures.labels[$0] })
    #expect(categories.isSubset(of: Set(Scene.Category.allCases.map(\.rawValue))))
    for pixel in 0..<(pictures.labels.count / 2) where pictures.labels[2 * pixel] == 6 {
      #expect(pictures.depth[pixel] == 0)
    }
  }

  /// Segments are numbered 1, 2, … in the order of their first pixels, and each has one category.
  @Test(arguments: 0..<12 as Range<UInt64>) func segmentsAreNumberedInOrder(seed: UInt64) {
    let labels = Pictures(seed: seed).labels
    var categories: [Int32: Int32] = [:]
    for pixel in 0..<(labels.count / 2) {
      let (category, number) = (labels[2 * pixel], labels[2 * pixel + 1])
      if let known = categories[number] {
        #expect(known == category)
      } else {
        #expect(number == Int32(categories.count + 1))
        categories[number] = category
      }
    }
  }

  /// A camera of one height and one lens.
  @Test func camerasKeepToTheirRanges() {
    let ranges = CameraRanges(height: 1.5...1.5, lens: 50...50)
    for seed in 0..<8 as Range<UInt64> {
      var random = CounterRandom(seed: seed)
      let camera = Scene(&random, solids: 0...0, cameras: ranges).camera
      #expect(camera.place.y == 1.5)
      #expect(abs(camera.tangent - 0.4663077) < 1e-6)
    }
  }

  @Test func thingsAppear() {
    var seen: Set<Int32> = []
    for seed in 0..<40 as Range<UInt64> {
      let labels = Pictures(seed: seed, size: 16).labels
      for pixel in 0..<(labels.count / 2) { seen.insert(labels[2 * pixel]) }
    }
    #expect(seen == Set(Scene.Category.allCases.map(\.rawValue)))
  }

  /// An empty scene's ground: depth falls from the horizon down, alike along each row but for the camera's tilt.
  @Test func groundComesNearerDownThePicture() {
    let pictures = Pictures(seed: 3, solids: 0...0)
    for column in 0..<32 {
      let depths = (0..<32).map { pictures.depth[$0 * 32 + column] }.filter { $0 > 0 }
      #expect(depths.count > 8 && zip(depths, depths.dropFirst()).allSatisfy { $0 > $1 })
    }
  }
}

import Scenes
import StageSDK
import TensorCore

/// Renders small scenes with their depth and labels: data to train and to show things on, anywhere.
final class RenderStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int
    let samples: Int
    let objects: [Int]
    let farthest: Double
    let cameraHeight: [Double]
    let lens: [Double]

    enum CodingKeys: String, CodingKey {
      case size, samples, objects, farthest, lens
      case cameraHeight = "camera_height"
    }
  }

  static let descriptor = StageDescriptor(
    id: "scenes.render", version: "1.0.0",
    summary: "Ray-casts a small scene for each item: picture, depth and panoptic labels.",
    kind: .source,
    parameters: [
      .integer("size", default: 64, range: 8...2048, "Pixels across and down."),
      .integer("samples", default: 2, range: 1...8, "Rays across and down a pixel, for colours."),
      .integers(
        "objects", default: [1, 6], each: 0...16, count: 2...2,
        "The fewest and the most bodies of a scene; fewer where there is no room."),
      .number(
        "farthest", default: 10, range: 1...60, "Depth beyond this is given as none, in metres."),
      .numbers(
        "camera_height", default: [0.9, 2.8], each: 0.1...20, count: 2...2,
        "The least and the greatest height of the camera, in metres; equal for one that is mounted."
      ),
      .numbers(
        "lens", default: [42, 62], each: 5...150, count: 2...2,
        "The fewest and the most degrees that a picture spans from top to bottom."),
    ],
    outputs: [
      .tensor(
        "image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "Pictures of 0...1 in sRGB."),
      .tensor(
        "depth", [.f32], ["N", "H", "W", 1], semantic: "depth.metres",
        "Metres straight ahead of the camera; 0 where there is none."),
      .tensor(
        "panoptic", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids",
        "Category and number of the segment: 1 sphere, 2 box, 3 cylinder, 4 cone, 5 ground, 6 sky."),
    ], needsSeed: true, isParallel: true)

  private let parameters: Parameters
  private let renderer: SceneRenderer
  private let cameras: CameraRanges

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    self.parameters = parameters
    func range(_ ends: [Double]) -> ClosedRange<Float> { Float(ends[0])...Float(ends[1]) }
    cameras = CameraRanges(
      height: range(parameters.cameraHeight), lens: range(parameters.lens))
    renderer = SceneRenderer(
      size: parameters.size, samples: parameters.samples, farthest: Float(parameters.farthest))
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    let side = parameters.size
    return [
      "image": TensorShape(type: .f32, dimensions: [-1, side, side, 3], semantic: "image.rgb"),
      "depth": TensorShape(type: .f32, dimensions: [-1, side, side, 1], semantic: "depth.metres"),
      "panoptic": TensorShape(
        type: .i32, dimensions: [-1, side, side, 2], semantic: "panoptic.ids"),
    ]
  }

  func process(_ batch: Batch) throws {
    let (count, side) = (batch.count, parameters.size)
    let image = try batch.output("image", .f32, shape: [count, side, side, 3])
    let depth = try batch.output("depth", .f32, shape: [count, side, side, 1])
    let panoptic = try batch.output("panoptic", .i32, shape: [count, side, side, 2])
    try batch.forEachItem { index in
      var random = CounterRandom(seed: batch.item(index).seed)
      let scene = Scene(
        &random, solids: parameters.objects[0]...parameters.objects[1], cameras: cameras)
      renderer.render(
        scene, image: try image.row(index, Float.self), depth: try depth.row(index, Float.self),
        labels: try panoptic.row(index, Int32.self))
      try batch.setMetadata(
        index, OriginalSize(image: OriginalSize.Size(width: side, height: side)))
    }
  }

  private static func check(_ parameters: Parameters) throws {
    guard parameters.objects[0] <= parameters.objects[1] else {
      throw StageError(
        .config,
        "'objects' is \(parameters.objects): the fewest come first, and are no more than the most",
        parameter: "objects")
    }
    for (key, ends) in [("camera_height", parameters.cameraHeight), ("lens", parameters.lens)]
    where ends[0] > ends[1] {
      throw StageError(
        .config, "'\(key)' is \(ends): the least comes first, and is no more than the greatest",
        parameter: key)
    }
  }
}

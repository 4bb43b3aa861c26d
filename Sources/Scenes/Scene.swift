import Glibc
package import TensorCore

/// A few bodies on textured ground under one light, seen by one camera.
package struct Scene: Sendable {
  /// Classes of pixels; their numbers are those of the rendered labels.
  package enum Category: Int32, Sendable, CaseIterable {
    case sphere = 1
    case box, cylinder, cone, ground, sky

    /// True for what is counted, one by one.
    package var isThing: Bool { rawValue <= Category.cone.rawValue }
    /// Its name.
    package var name: String { "\(self)" }
  }

  /// In the order they were placed.
  package let solids: [Solid]
  let ground: Surface
  package let camera: Camera
  /// Where the middle of the light is; it shines as a ball of ``lightRadius``.
  let light: Vector
  let lightRadius: Float
  /// Colours of the sky, at the horizon and above.
  let sky: (Vector, Vector)

  /// Draws a scene; the same for the same numbers.
  ///
  /// - Parameters:
  ///   - random: Where the numbers come from.
  ///   - count: How many bodies there may be, at least 0; fewer where no room is found.
  ///   - cameras: Where it may be seen from.
  package init(
    _ random: inout CounterRandom, solids count: ClosedRange<Int>,
    cameras: CameraRanges = CameraRanges()
  ) {
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    camera = Camera(&random, cameras)
    ground = Surface(&random, saturation: 0.05...0.35, frequency: 0.6...2.5)
    light = Vector(between(-5, 5), between(4, 8), between(-6, 1))
    lightRadius = between(0.2, 0.9)
    let haze = between(0.5, 0.9)
    sky = (
      Vector(haze, haze, min(1, haze + 0.05)),
      Vector(between(0.15, 0.5), between(0.3, 0.6), between(0.6, 0.95))
    )
    let wanted =
      count.lowerBound + Int(Float(count.upperBound - count.lowerBound + 1) * random.uniform())
    var placed: [Solid] = []
    for _ in 0..<(8 * max(wanted, 1)) where placed.count < wanted {
      let solid = Self.solid(&random, near: camera.target)
      let isFree = placed.allSatisfy { other in
        let away = other.foot - solid.foot
        return away.dot(away).squareRoot() > other.reach + solid.reach
      }
      let toCamera = camera.place - solid.foot
      let isAway =
        (toCamera.x * toCamera.x + toCamera.z * toCamera.z).squareRoot() > solid.reach + 0.6
      if isFree && isAway { placed.append(solid) }
    }
    solids = placed
  }

  private static func solid(_ random: inout CounterRandom, near target: Vector) -> Solid {
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    let form = Solid.Form(rawValue: Int(random.uniform() * 4)) ?? .sphere
    let foot = Vector(target.x + between(-2.6, 2.6), 0, target.z + between(-2.6, 2.6))
    let angle = between(0, 2 * .pi)
    let width = between(0.2, 0.65)
    return Solid(
      form: form, foot: foot, half: SIMD2(width, between(0.2, 0.65)),
      height: between(0.4, 1.6), turn: SIMD2(cos(angle), sin(angle)),
      surface: Surface(&random, saturation: 0.45...0.95, frequency: 1.5...5))
  }
}

/// Where a scene is seen from.
package struct Camera: Sendable {
  package let place: Vector
  let target: Vector
  /// Straight ahead, to the right and up, each of length 1.
  let ahead, right, up: Vector
  /// Half the picture's height at distance 1.
  package let tangent: Float

  init(_ random: inout CounterRandom, _ ranges: CameraRanges) {
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    let angle = between(0, 2 * .pi)
    let distance = between(2.8, 5.5)
    let height = between(ranges.height.lowerBound, ranges.height.upperBound)
    place = Vector(distance * sin(angle), height, distance * cos(angle))
    target = Vector(between(-0.5, 0.5), between(0.1, 0.7), between(-0.5, 0.5))
    ahead = (target - place).unit
    right = ahead.cross(Vector(0, 1, 0)).unit
    up = right.cross(ahead)
    tangent = tan(between(ranges.lens.lowerBound, ranges.lens.upperBound) / 2 * .pi / 180)
  }

  /// The way of the ray through a place of the picture, (-1...1) across and down; its part straight ahead is 1.
  func way(_ x: Float, _ y: Float) -> Vector {
    ahead + right * (x * tangent) - up * (y * tangent)
  }
}

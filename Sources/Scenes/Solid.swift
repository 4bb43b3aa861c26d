/// A body that stands on the ground.
package struct Solid: Sendable {
  /// What it is.
  package enum Form: Int, Sendable, CaseIterable {
    case sphere, box, cylinder, cone
  }

  /// Where a ray meets it.
  struct Hit {
    /// Along the ray, in lengths of its direction.
    var distance: Float
    /// Of length 1, outward.
    var normal: Vector
  }

  package let form: Form
  /// The middle of its foot.
  let foot: Vector
  /// Half its width, or its radius; x and z differ for boxes alone.
  let half: SIMD2<Float>
  let height: Float
  /// Cosine and sine of its turn about the vertical.
  let turn: SIMD2<Float>
  let surface: Surface

  /// The radius of the circle on the ground that it stands in.
  var reach: Float { form == .box ? (half * half).sum().squareRoot() : half.x }

  /// The first place where a ray meets it beyond `nearest`; nil when it passes by.
  func hit(from origin: Vector, along direction: Vector, beyond nearest: Float) -> Hit? {
    // In its own frame: foot at the origin, unturned.
    let start = (origin - foot).turned(cosine: turn.x, sine: -turn.y)
    let way = direction.turned(cosine: turn.x, sine: -turn.y)
    let found: Hit? =
      switch form {
      case .sphere: sphere(start, way, nearest)
      case .box: box(start, way, nearest)
      case .cylinder: cylinder(start, way, nearest)
      case .cone: cone(start, way, nearest)
      }
    guard var hit = found else { return nil }
    hit.normal = hit.normal.turned(cosine: turn.x, sine: turn.y)
    return hit
  }

  /// A place on it as its texture sees it.
  func local(_ place: Vector) -> Vector {
    (place - foot).turned(cosine: turn.x, sine: -turn.y)
  }

  private func sphere(_ start: Vector, _ way: Vector, _ nearest: Float) -> Hit? {
    let centre = Vector(0, half.x, 0)
    let away = start - centre
    guard
      let distance = Self.root(
        way.dot(way), away.dot(way), away.dot(away) - half.x * half.x, nearest, { _ in true })
    else { return nil }
    return Hit(distance: distance, normal: (away + distance * way) / half.x)
  }

  private func box(_ start: Vector, _ way: Vector, _ nearest: Float) -> Hit? {
    let (low, high) = (Vector(-half.x, 0, -half.y), Vector(half.x, height, half.y))
    var (enter, leave) = (-Float.infinity, Float.infinity)
    var (side, sign) = (0, Float(1))
    for axis in 0..<3 {
      guard abs(way[axis]) > 1e-9 else {
        guard start[axis] > low[axis], start[axis] < high[axis] else { return nil }
        continue
      }
      let (first, second) = (
        (low[axis] - start[axis]) / way[axis], (high[axis] - start[axis]) / way[axis]
      )
      if min(first, second) > enter {
        enter = min(first, second)
        (side, sign) = (axis, way[axis] > 0 ? -1 : 1)
      }
      leave = min(leave, max(first, second))
    }
    guard enter < leave, enter > nearest else { return nil }
    var normal = Vector.zero
    normal[side] = sign
    return Hit(distance: enter, normal: normal)
  }

  private func cylinder(_ start: Vector, _ way: Vector, _ nearest: Float) -> Hit? {
    let (flat, along) = (SIMD2(start.x, start.z), SIMD2(way.x, way.z))
    let wall = Self.root(
      (along * along).sum(), (flat * along).sum(), (flat * flat).sum() - half.x * half.x, nearest
    ) { (0...height).contains(start.y + $0 * way.y) }
    var best = wall.map { distance in
      let place = flat + distance * along
      return Hit(distance: distance, normal: Vector(place.x, 0, place.y) / half.x)
    }
    if abs(way.y) > 1e-9 {
      let distance = (height - start.y) / way.y
      let place = flat + distance * along
      if distance > nearest, distance < best?.distance ?? .infinity,
        (place * place).sum() <= half.x * half.x
      {
        best = Hit(distance: distance, normal: Vector(0, 1, 0))
      }
    }
    return best
  }

  private func cone(_ start: Vector, _ way: Vector, _ nearest: Float) -> Hit? {
    // x² + z² = (slope (height - y))²
    let slope = half.x / height
    let (flat, along) = (SIMD2(start.x, start.z), SIMD2(way.x, way.z))
    let (left, fall) = (slope * (height - start.y), -slope * way.y)
    guard
      let distance = Self.root(
        (along * along).sum() - fall * fall, (flat * along).sum() - left * fall,
        (flat * flat).sum() - left * left, nearest,
        { (0...height).contains(start.y + $0 * way.y) })
    else { return nil }
    let place = flat + distance * along
    let out = place / max((place * place).sum().squareRoot(), 1e-6)
    return Hit(distance: distance, normal: Vector(out.x, slope, out.y).unit)
  }

  /// The least root of a t² + 2 b t + c beyond `nearest` that will do.
  private static func root(
    _ a: Float, _ b: Float, _ c: Float, _ nearest: Float, _ willDo: (Float) -> Bool
  ) -> Float? {
    let inside = b * b - a * c
    guard inside > 0, abs(a) > 1e-12 else { return nil }
    let root = inside.squareRoot()
    let (first, second) = ((-b - root) / a, (-b + root) / a)
    let (near, far) = (min(first, second), max(first, second))
    if near > nearest && willDo(near) { return near }
    return far > nearest && willDo(far) ? far : nil
  }
}

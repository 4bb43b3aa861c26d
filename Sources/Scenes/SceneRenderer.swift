import Glibc

/// Pictures of scenes by casting rays, with depth and labels of the same pixels.
package struct SceneRenderer: Sendable {
  /// Pixels across and down.
  package let size: Int
  /// Rays across and down a pixel, for colours.
  package let samples: Int
  /// Depth beyond this is none, in metres.
  package let farthest: Float

  /// Sets a renderer up; numbers are at least 1.
  package init(size: Int, samples: Int = 2, farthest: Float = 10) {
    precondition(size >= 1 && samples >= 1 && farthest > 0, "there are pixels and rays")
    self.size = size
    self.samples = samples
    self.farthest = farthest
  }

  /// What a ray meets first.
  private struct Found {
    var distance: Float
    var normal: Vector
    /// Of ``Scene/solids``; -1 for the ground.
    var solid: Int
  }

  /// Renders a scene.
  ///
  /// - Parameters:
  ///   - scene: What there is.
  ///   - image: (size, size, 3), 0...1 in sRGB.
  ///   - depth: (size, size), metres straight ahead of the camera; 0 where there is none.
  ///   - labels: (size, size, 2): a ``Scene/Category``'s number, and a number of the segment in this picture, from 1 on
  ///     in the order of their first pixels.
  package func render(
    _ scene: Scene, image: UnsafeMutableBufferPointer<Float>,
    depth: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>
  ) {
    var numbers: [Int: Int32] = [:]
    for row in 0..<size {
      for column in 0..<size {
        let pixel = row * size + column
        let way = scene.camera.way(place(column, 0.5), place(row, 0.5))
        let found = look(scene, scene.camera.place, way, 1e-3)
        let (category, segment) = Self.label(found, scene)
        let number = numbers[segment] ?? Int32(numbers.count + 1)
        numbers[segment] = number
        labels[2 * pixel] = category.rawValue
        labels[2 * pixel + 1] = number
        // A ray's part straight ahead has length 1: its distance is depth.
        let metres = found?.distance ?? 0
        depth[pixel] = metres > farthest ? 0 : metres
        let colour = colour(scene, row, column)
        for channel in 0..<3 { image[3 * pixel + channel] = Self.encoded(colour[channel]) }
      }
    }
  }

  private static func label(_ found: Found?, _ scene: Scene) -> (Scene.Category, Int) {
    guard let found else { return (.sky, -2) }
    guard found.solid >= 0 else { return (.ground, -1) }
    let category: Scene.Category =
      switch scene.solids[found.solid].form {
      case .sphere: .sphere
      case .box: .box
      case .cylinder: .cylinder
      case .cone: .cone
      }
    return (category, found.solid)
  }

  private func place(_ pixel: Int, _ part: Float) -> Float {
    2 * (Float(pixel) + part) / Float(size) - 1
  }

  private func colour(_ scene: Scene, _ row: Int, _ column: Int) -> Vector {
    var sum = Vector.zero
    for sample in 0..<(samples * samples) {
      let x = place(column, (Float(sample % samples) + 0.5) / Float(samples))
      let y = place(row, (Float(sample / samples) + 0.5) / Float(samples))
      let way = scene.camera.way(x, y)
      sum += shade(scene, way, look(scene, scene.camera.place, way, 1e-3), sample)
    }
    return sum / Float(samples * samples)
  }

  private func look(
    _ scene: Scene, _ origin: Vector, _ way: Vector, _ nearest: Float
  ) -> Found? {
    var best: Found?
    if way.y < -1e-6 {
      let distance = -origin.y / way.y
      if distance > nearest, distance < 60 {
        best = Found(distance: distance, normal: Vector(0, 1, 0), solid: -1)
      }
    }
    for (index, solid) in scene.solids.enumerated() {
      if let hit = solid.hit(from: origin, along: way, beyond: nearest),
        hit.distance < best?.distance ?? .infinity
      {
        best = Found(distance: hit.distance, normal: hit.normal, solid: index)
      }
    }
    return best
  }

  private func shade(_ scene: Scene, _ way: Vector, _ found: Found?, _ sample: Int) -> Vector {
    let height = max(0, min(1, way.unit.y * 2.5))
    let air = scene.sky.0 * (1 - height) + scene.sky.1 * height
    guard let found else { return air }
    let place = scene.camera.place + found.distance * way
    let base =
      found.solid < 0
      ? scene.ground.colour(at: place)
      : scene.solids[found.solid].surface.colour(at: scene.solids[found.solid].local(place))
    let open = 0.5 + 0.5 * found.normal.y
    var lit = 0.18 + 0.22 * open
    lit += 0.75 * light(scene, place + found.normal * 2e-3, found.normal, sample)
    // Far ground fades into the sky.
    let haze = max(0, min(1, (found.distance - 8) / 30))
    return base * lit * (1 - haze) + air * haze
  }

  /// How much of the light arrives: its cosine times the share of three places of it that are seen.
  private func light(
    _ scene: Scene, _ place: Vector, _ normal: Vector, _ sample: Int
  ) -> Float {
    let toward = scene.light - place
    guard toward.dot(normal) > 0 else { return 0 }
    let across = toward.cross(Vector(0, 1, 0)).unit
    let upward = across.cross(toward).unit
    var sum: Float = 0
    for ray in 0..<3 {
      let angle = 2 * Float.pi * (Float(ray) / 3 + Float(sample) / 12)
      let way =
        toward + scene.lightRadius * (across * cos(angle) + upward * sin(angle))
      let isHidden = scene.solids.contains { solid in
        solid.hit(from: place, along: way, beyond: 1e-4).map { $0.distance < 1 } ?? false
      }
      if !isHidden { sum += max(0, way.unit.dot(normal)) }
    }
    return sum / 3
  }

  /// Linear light to sRGB, IEC 61966-2-1.
  private static func encoded(_ value: Float) -> Float {
    let value = max(0, min(1, value))
    return value <= 0.0031308 ? 12.92 * value : 1.055 * powf(value, 1 / 2.4) - 0.055
  }
}

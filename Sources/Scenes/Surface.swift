import Glibc
import TensorCore

/// The colours of a body or of the ground, by place.
package struct Surface: Sendable {
  /// How two colours share a surface.
  enum Pattern: Int, Sendable, CaseIterable {
    case plain, checks, stripes, spots, grain
  }

  let pattern: Pattern
  /// Red, green and blue, 0...1, linear.
  let colours: (Vector, Vector)
  /// Of the pattern, per metre.
  let frequency: Float
  let seed: UInt32

  /// Draws a surface.
  init(_ random: inout CounterRandom, saturation: ClosedRange<Float>, frequency: ClosedRange<Float>)
  {
    let hue = random.uniform()
    let value = 0.35 + 0.6 * random.uniform()
    let saturation =
      saturation.lowerBound
      + (saturation.upperBound - saturation.lowerBound) * random.uniform()
    let first = Self.colour(hue: hue, saturation: saturation, value: value)
    let second = Self.colour(
      hue: hue + 0.15 * (random.uniform() - 0.5), saturation: saturation * 0.8,
      value: value * (0.45 + 0.3 * random.uniform()))
    pattern = Pattern(rawValue: Int(random.uniform() * 5)) ?? .plain
    colours = (first, second)
    self.frequency =
      frequency.lowerBound + (frequency.upperBound - frequency.lowerBound) * random.uniform()
    seed = UInt32(truncatingIfNeeded: random.next())
  }

  /// The colour at a place, linear.
  func colour(at place: Vector) -> Vector {
    let scaled = place * frequency
    let share: Float
    switch pattern {
    case .plain: share = 0
    case .checks:
      let cell = scaled.rounded(.down).sum()
      share = cell - 2 * (cell / 2).rounded(.down)
    case .stripes:
      let phase = scaled.x + 0.5 * scaled.y - (scaled.x + 0.5 * scaled.y).rounded(.down)
      share = phase < 0.5 ? 0 : 1
    case .spots:
      let away = scaled - scaled.rounded(.toNearestOrAwayFromZero)
      share = away.dot(away) < 0.1 ? 1 : 0
    case .grain: share = noise(scaled * 2)
    }
    return colours.0 * (1 - share) + colours.1 * share
  }

  /// Smooth noise of 0...1: values at whole places, mixed in between.
  private func noise(_ place: Vector) -> Float {
    let base = place.rounded(.down)
    let part = place - base
    let share = part * part * (Vector(repeating: 3) - 2 * part)
    var sum: Float = 0
    for corner in 0..<8 {
      let offset = Vector(Float(corner & 1), Float(corner >> 1 & 1), Float(corner >> 2))
      let weight = offset * share + (1 - offset) * (1 - share)
      sum += weight.x * weight.y * weight.z * value(base + offset)
    }
    return sum
  }

  private func value(_ place: Vector) -> Float {
    var hash = seed
    for axis in 0..<3 {
      hash = (hash ^ UInt32(bitPattern: Int32(max(-1e9, min(1e9, place[axis]))))) &* 0x9E37_79B1
      hash ^= hash >> 15
    }
    hash = hash &* 0x85EB_CA77
    return Float(hash >> 8) / Float(1 << 24)
  }

  private static func colour(hue: Float, saturation: Float, value: Float) -> Vector {
    let turned = Vector(hue, hue + 2 / 3, hue + 1 / 3)
    let ramp = 6 * (turned - turned.rounded(.down))
    let part = (ramp - 3).replacing(with: 3 - ramp, where: ramp .< 3) - 1
    let full = part.clamped(lowerBound: .zero, upperBound: .one)
    return value * (1 - saturation + saturation * full)
  }
}

/// Places and directions in metres; y points up.
package typealias Vector = SIMD3<Float>

extension SIMD3 where Scalar == Float {
  /// The scalar product.
  func dot(_ other: Self) -> Float { (self * other).sum() }

  /// The vector product.
  func cross(_ other: Self) -> Self {
    SIMD3(
      y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  /// Of length 1; a vector of length 0 stays.
  var unit: Self {
    let length = dot(self).squareRoot()
    return length > 0 ? self / length : self
  }

  /// Turned about the vertical axis by the angle of this cosine and sine.
  func turned(cosine: Float, sine: Float) -> Self {
    SIMD3(cosine * x + sine * z, y, cosine * z - sine * x)
  }
}

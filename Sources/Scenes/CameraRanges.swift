/// Where cameras may be, and how much they see.
///
/// How far things are can be told from one picture only where the camera is known: narrow ranges are those of a camera
/// that a robot carries, wide ones those of anybody's photos.
package struct CameraRanges: Hashable, Sendable {
  /// Metres above the ground.
  package let height: ClosedRange<Float>
  /// Degrees from a picture's upper edge to its lower.
  package let lens: ClosedRange<Float>

  /// Takes ranges; heights are above 0, degrees in 0..<180.
  package init(height: ClosedRange<Float> = 0.9...2.8, lens: ClosedRange<Float> = 42...62) {
    precondition(
      height.lowerBound > 0 && lens.lowerBound > 0 && lens.upperBound < 180,
      "cameras are above the ground and see less than half of all")
    self.height = height
    self.lens = lens
  }
}

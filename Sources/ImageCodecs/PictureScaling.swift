extension Picture {
  /// The same picture at another size, stretched to it with an antialiased bilinear filter.
  ///
  /// - Parameters:
  ///   - width: At least 1.
  ///   - height: At least 1.
  /// - Returns: A picture of 1 or 3 channels and the same bits; alpha is laid over white.
  package func resized(width: Int, height: Int) -> Picture {
    if width == self.width && height == self.height { return self }
    let placement = PictureFit.stretch.place(
      width: self.width, height: self.height, into: width, height)
    return placed(placement, filter: .bilinear, background: 1)
  }

  /// The picture resized and laid down as a placement says; 1 or 3 channels and the same bits.
  package func placed(
    _ placement: PictureFit.Placement, filter: ResizeFilter, background: Float
  ) -> Picture {
    let colours = channels >= 3 ? 3 : 1
    let resizer = PictureResizer(
      width: width, height: height, placement: placement, channels: colours, filter: filter,
      background: background)
    let count = placement.width * placement.height * colours
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { pixels in
      resizer.resize(self, into: pixels)
      return Picture(
        pixels: UnsafeBufferPointer(pixels), width: placement.width, height: placement.height,
        channels: colours, bits: bits)
    }
  }
}

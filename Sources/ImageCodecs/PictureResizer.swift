import CKernels

/// Turns pictures into dense f32 pixels of 0...1, placed and resized.
package struct PictureResizer: Sendable {
  /// What goes where.
  package let placement: PictureFit.Placement
  /// 1 or 3.
  package let channels: Int
  private let rows: ResizeWeights
  private let columns: ResizeWeights
  private let background: Float

  /// Computes the weights for pictures of one size.
  ///
  /// - Parameters:
  ///   - width: Pixels of the pictures across.
  ///   - height: And down.
  ///   - placement: From ``PictureFit/place(width:height:into:_:)`` for that size.
  ///   - channels: Of the result: 1 for luma, 3 for RGB.
  ///   - filter: How samples are made.
  ///   - background: 0...1, under transparent pixels and around padded pictures.
  package init(
    width: Int, height: Int, placement: PictureFit.Placement, channels: Int,
    filter: ResizeFilter, background: Float
  ) {
    precondition(channels == 1 || channels == 3, "pictures are grey or RGB")
    self.placement = placement
    self.channels = channels
    self.background = background
    rows = ResizeWeights(
      source: placement.sourceY, of: height, to: placement.y.count, filter: filter)
    columns = ResizeWeights(
      source: placement.sourceX, of: width, to: placement.x.count, filter: filter)
  }

  /// Resizes one picture.
  ///
  /// - Parameters:
  ///   - picture: Of the size the weights were computed for.
  ///   - pixels: Shape (placement.height, placement.width, channels).
  package func resize(_ picture: Picture, into pixels: UnsafeMutableBufferPointer<Float>) {
    precondition(pixels.count == placement.height * placement.width * channels)
    guard let target = pixels.baseAddress else { return }
    let colours = picture.channels >= 3 ? 3 : 1
    let opaque = picture.channels == colours ? picture : overBackground(picture, colours)
    if placement.x.count < placement.width || placement.y.count < placement.height {
      pixels.update(repeating: background)
    }
    let sourceRow = opaque.width * colours
    let targetRow = placement.x.count * colours
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sourceRow + targetRow) { scratch in
      guard let narrow = scratch.baseAddress else { return }
      let wide = narrow + targetRow
      for (index, y) in placement.y.enumerated() {
        squeezeRows(opaque, index, sourceRow, into: wide)
        let place = target + (y * placement.width + placement.x.lowerBound) * channels
        let row = colours == channels ? place : narrow
        lattice_resize_columns_f32(
          wide, columns.first, columns.weights, Int64(columns.taps), row,
          Int64(placement.x.count), Int64(colours))
        if colours != channels { recolour(row, into: place) }
      }
    }
  }

  /// One output row of full width.
  private func squeezeRows(
    _ picture: Picture, _ index: Int, _ count: Int, into row: UnsafeMutablePointer<Float>
  ) {
    let start = Int(rows.first[index]) * count
    let taps = Int64(rows.taps)
    rows.weights.withUnsafeBufferPointer { all in
      let weights = all.baseAddress.map { $0 + index * rows.taps }
      if picture.bits == 8 {
        lattice_resize_row_u8(
          picture.bytes8.map { $0 + start }, Int64(count), weights, taps, 1 / 255, row, Int64(count)
        )
      } else {
        lattice_resize_row_u16(
          picture.bytes16.map { $0 + start }, Int64(count), weights, taps, 1 / 65_535, row,
          Int64(count))
      }
    }
  }

  /// Grey to RGB, or RGB to luma.
  private func recolour(_ row: UnsafeMutablePointer<Float>, into place: UnsafeMutablePointer<Float>)
  {
    let count = placement.x.count
    guard channels == 3 else { return lattice_pixels_luma(row, place, Int64(count)) }
    for x in 0..<count {
      place[x * 3] = row[x]
      place[x * 3 + 1] = row[x]
      place[x * 3 + 2] = row[x]
    }
  }

  private func overBackground(_ picture: Picture, _ colours: Int) -> Picture {
    let result = Picture(
      width: picture.width, height: picture.height, channels: colours, bits: picture.bits)
    let count = Int64(picture.width * picture.height)
    if picture.bits == 8 {
      lattice_pixels_over_u8(
        picture.bytes8, Int32(colours), UInt8(background * 255), result.bytes8, count)
    } else {
      lattice_pixels_over_u16(
        picture.bytes16, Int32(colours), UInt16(background * 65_535), result.bytes16, count)
    }
    return result
  }
}

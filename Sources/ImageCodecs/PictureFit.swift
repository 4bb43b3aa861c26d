/// How a picture of any size is brought to a wanted one.
package enum PictureFit: String, Sendable, CaseIterable {
  /// Covers the wanted size and cuts off evenly what sticks out.
  case crop
  /// Lies wholly inside, centred, on a background.
  case pad
  /// Takes the wanted size whatever becomes of the proportions.
  case stretch
  /// Lies wholly inside, with nothing around it: the result may be narrower or lower than wanted.
  case inside

  /// Where a picture is taken from and laid down.
  package struct Placement: Hashable, Sendable {
    /// The part of the source across that is used.
    package let sourceX: Range<Double>
    /// The part of the source down that is used.
    package let sourceY: Range<Double>
    /// Pixels of the whole result across and down.
    package let width, height: Int
    /// Where in the result the source's part is laid, in pixels.
    package let x, y: Range<Int>

    /// Places the source's part anywhere; ``PictureFit/place(width:height:into:_:)`` finds the usual places.
    package init(
      sourceX: Range<Double>, sourceY: Range<Double>, width: Int, height: Int, x: Range<Int>,
      y: Range<Int>
    ) {
      self.sourceX = sourceX
      self.sourceY = sourceY
      self.width = width
      self.height = height
      self.x = x
      self.y = y
    }
  }

  /// Finds out what goes where.
  ///
  /// - Parameters:
  ///   - width: Pixels of the picture across.
  ///   - height: And down.
  ///   - wantedWidth: Pixels of the result across.
  ///   - wantedHeight: And down.
  /// - Returns: The placement.
  package func place(
    width: Int, height: Int, into wantedWidth: Int, _ wantedHeight: Int
  ) -> Placement {
    let (w, h) = (Double(width), Double(height))
    let (wantedW, wantedH) = (Double(wantedWidth), Double(wantedHeight))
    switch self {
    case .stretch:
      return Placement(
        sourceX: 0..<w, sourceY: 0..<h, width: wantedWidth, height: wantedHeight,
        x: 0..<wantedWidth, y: 0..<wantedHeight)
    case .crop:
      let scale = min(w / wantedW, h / wantedH)
      let (usedW, usedH) = (min(w, wantedW * scale), min(h, wantedH * scale))
      let (left, top) = ((w - usedW) / 2, (h - usedH) / 2)
      return Placement(
        sourceX: left..<(left + usedW), sourceY: top..<(top + usedH), width: wantedWidth,
        height: wantedHeight, x: 0..<wantedWidth, y: 0..<wantedHeight)
    case .pad, .inside:
      let scale = max(w / wantedW, h / wantedH)
      let partW = min(wantedWidth, max(1, Int((w / scale).rounded())))
      let partH = min(wantedHeight, max(1, Int((h / scale).rounded())))
      let isPadded = self == .pad
      let left = isPadded ? (wantedWidth - partW) / 2 : 0
      let top = isPadded ? (wantedHeight - partH) / 2 : 0
      return Placement(
        sourceX: 0..<w, sourceY: 0..<h, width: isPadded ? wantedWidth : partW,
        height: isPadded ? wantedHeight : partH, x: left..<(left + partW), y: top..<(top + partH))
    }
  }
}

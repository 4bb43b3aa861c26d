extension PixelMap {
  /// Rows and columns to be added around a picture, and what stands there.
  package struct Padding: Hashable, Sendable {
    /// What the added pixels are.
    package enum Filling: Hashable, Sendable {
      case zeros
      /// The nearest pixel of the picture.
      case edge
      /// The picture mirrored at its outermost pixels, which aren't repeated.
      case reflection
    }

    package let top: Int
    package let left: Int
    package let bottom: Int
    package let right: Int
    package let filling: Filling

    /// Names all four sides.
    package init(top: Int, left: Int, bottom: Int, right: Int, filling: Filling = .zeros) {
      precondition(min(top, left, bottom, right) >= 0, "padding isn't negative")
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
      self.filling = filling
    }

    fileprivate func source(_ place: Int, _ extent: Int) -> Int? {
      if (0..<extent).contains(place) { return place }
      switch filling {
      case .zeros: return nil
      case .edge: return min(max(place, 0), extent - 1)
      case .reflection:
        let period = max(1, 2 * (extent - 1))
        let within = ((place % period) + period) % period
        return min(within, period - within)
      }
    }
  }

  /// Each pixel of a grid `times` times in both directions.
  package static func repeating(_ height: Int, _ width: Int, times: Int) -> PixelMap {
    precondition(times >= 1, "pixels are repeated at least once")
    return PixelMap(
      rows: (0..<height * times).map { $0 / times }, columns: (0..<width * times).map { $0 / times }
    )
  }

  /// The pixel whose centre is nearest: floor((i + 1/2) from / to), as TensorFlow, JAX and torch (`nearest-exact`) have
  /// it.
  package static func nearest(
    from: (height: Int, width: Int), to: (height: Int, width: Int)
  ) -> PixelMap {
    func places(_ from: Int, _ to: Int) -> [Int] {
      (0..<to).map { min(from - 1, (2 * $0 + 1) * from / (2 * to)) }
    }
    return PixelMap(
      rows: places(from.height, to.height), columns: places(from.width, to.width))
  }

  /// A grid with pixels around.
  package static func padding(_ height: Int, _ width: Int, _ padding: Padding) -> PixelMap {
    PixelMap(
      rows: (-padding.top..<height + padding.bottom).map { padding.source($0, height) },
      columns: (-padding.left..<width + padding.right).map { padding.source($0, width) })
  }

  /// A grid mirrored left to right.
  package static func mirrored(_ height: Int, _ width: Int) -> PixelMap {
    PixelMap(rows: Array(0..<height), columns: (0..<width).reversed())
  }
}

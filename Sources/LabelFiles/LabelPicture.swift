package import ImageCodecs

/// A picture of which more is known than its pixels.
package enum LabelPicture {
  /// Reads a picture.
  ///
  /// - Parameter path: PNG or JPEG.
  /// - Returns: The picture.
  /// - Throws: ``LabelFileError``.
  package static func read(_ path: String) throws(LabelFileError) -> Picture {
    do {
      return try PictureFile.withBytes(of: path) {
        try PictureDecoder.decode($0, maximumPixels: 120_000_000)
      }
    } catch let error as PictureError {
      throw .unreadable("'\(path)': \(error.description)")
    } catch PictureFile.Fault.missing(let path) {
      throw .missing(PictureFile.Fault.missing(path: path).description)
    } catch {
      throw .unreadable("\(error)")
    }
  }

  /// Reads a picture whose samples are numbers, not colours: a sound PNG.
  ///
  /// - Parameters:
  ///   - path: PNG.
  ///   - kind: What it is, for errors: "mask".
  /// - Returns: The picture.
  /// - Throws: ``LabelFileError``.
  package static func readExact(
    _ path: String, called kind: String
  ) throws(LabelFileError) -> Picture {
    let picture: Picture
    do {
      picture = try PictureFile.withBytes(of: path) { bytes in
        guard try PictureFormat(of: bytes) == .png else {
          throw LabelFileError.notPNG(path: path, kind: kind)
        }
        return try PictureDecoder.decode(bytes, maximumPixels: 120_000_000)
      }
    } catch let error as LabelFileError {
      throw error
    } catch let error as PictureError {
      throw .unreadable("'\(path)': \(error.description)")
    } catch PictureFile.Fault.missing {
      throw .missing("there is no \(kind) '\(path)'")
    } catch {
      throw .unreadable("\(error)")
    }
    if let damage = picture.damage { throw .unreadable("'\(path)': \(damage)") }
    return picture
  }

  /// Where a picture is cut and how large the result is.
  ///
  /// - Parameters:
  ///   - picture: Any.
  ///   - size: Pixels across and down, cut evenly to a square; nil for the picture's own size.
  /// - Returns: What goes where.
  package static func placement(of picture: Picture, size: Int?) -> PictureFit.Placement {
    PictureFit.crop.place(
      width: picture.width, height: picture.height, into: size ?? picture.width,
      size ?? picture.height)
  }

  /// Resizes the picture itself: its pixels are mixed.
  ///
  /// - Parameters:
  ///   - picture: Any.
  ///   - placement: What goes where.
  ///   - pixels: (height, width, 3) of the placement, 0...1.
  package static func resize(
    _ picture: Picture, _ placement: PictureFit.Placement,
    into pixels: UnsafeMutableBufferPointer<Float>
  ) {
    PictureResizer(
      width: picture.width, height: picture.height, placement: placement, channels: 3,
      filter: .bilinear, background: 1
    ).resize(picture, into: pixels)
  }

  /// Picks labels, which can't be mixed.
  ///
  /// - Parameters:
  ///   - placement: What goes where.
  ///   - width: Of the labels, as of the picture.
  ///   - height: Likewise.
  ///   - body: Gets each pixel of the result with that of the labels that lies beneath its middle.
  package static func pick(
    _ placement: PictureFit.Placement, width: Int, height: Int, _ body: (Int, Int) -> Void
  ) {
    func place(_ index: Int, _ count: Int, _ source: Range<Double>, _ limit: Int) -> Int {
      let span = source.upperBound - source.lowerBound
      let centre = source.lowerBound + (Double(index) + 0.5) * span / Double(count)
      return min(limit - 1, max(0, Int(centre)))
    }
    for row in 0..<placement.height {
      let y = place(row, placement.height, placement.sourceY, height)
      for column in 0..<placement.width {
        let x = place(column, placement.width, placement.sourceX, width)
        body(row * placement.width + column, y * width + x)
      }
    }
  }

  /// What a mirror beside the picture shows: each row from right to left.
  ///
  /// - Parameters:
  ///   - values: (height, width, channels).
  ///   - width: Pixels to a row.
  ///   - channels: Values to a pixel, which keep their order.
  /// - Returns: As many.
  package static func mirrored<Value>(
    _ values: [Value], width: Int, channels: Int = 1
  ) -> [Value] {
    precondition(values.count.isMultiple(of: width * channels))
    return values.indices.map { index in
      let (pixel, channel) = (index / channels, index % channels)
      let column = pixel % width
      return values[(pixel + width - 1 - 2 * column) * channels + channel]
    }
  }
}

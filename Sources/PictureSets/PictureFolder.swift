import ImageCodecs

/// Reads a set of pictures from files.
package enum PictureFolder {
  /// A file that is read.
  package struct File: Hashable, Sendable {
    /// Where it is.
    package let path: String
    /// Its class; nil for none.
    package let label: Int?

    /// Names a file.
    package init(path: String, label: Int?) {
      self.path = path
      self.label = label
    }
  }

  /// Takes the folder that each file is in for its class.
  ///
  /// - Parameters:
  ///   - paths: The files.
  ///   - names: Their paths below the input folder, `class/picture.jpg`; a file in no subfolder gets no class.
  /// - Returns: The files, and the names of classes in alphabetical order.
  package static func labelled(
    _ paths: [String], names: [String]
  ) -> (files: [File], classNames: [String]) {
    let folders = names.map { name in
      name.lastIndex(of: "/").map { String(name[..<$0]) }
    }
    let classNames = Set(folders.compactMap(\.self)).sorted()
    let numbers = Dictionary(
      uniqueKeysWithValues: classNames.enumerated().map { ($1, $0) })
    let files = zip(paths, folders).map { path, folder in
      File(path: path, label: folder.flatMap { numbers[$0] })
    }
    return (files, classNames)
  }

  /// Reads files; pictures whose shorter side is above `most` are made smaller, those below `least` larger.
  ///
  /// - Parameters:
  ///   - files: PNG or JPEG.
  ///   - classNames: Names of classes by number.
  ///   - shorterSide: Bounds of the shorter side, in pixels.
  ///   - failed: Gets each file that can't be read, with why; it is left out.
  /// - Returns: The set.
  package static func read(
    _ files: [File], classNames: [String] = [], shorterSide: ClosedRange<Int>,
    failed: (File, String) -> Void
  ) -> PictureSet {
    var set = PictureSet(classNames: classNames)
    for file in files {
      do {
        let picture = try PictureFile.withBytes(of: file.path) {
          try PictureDecoder.decode($0, maximumPixels: 1 << 27)
        }
        let short = min(picture.width, picture.height)
        let wanted = min(max(short, shorterSide.lowerBound), shorterSide.upperBound)
        func scaled(_ side: Int) -> Int { max(wanted, (side * wanted + short / 2) / short) }
        let (width, height) = (scaled(picture.width), scaled(picture.height))
        let placement = PictureFit.stretch.place(
          width: picture.width, height: picture.height, into: width, height)
        let resizer = PictureResizer(
          width: picture.width, height: picture.height, placement: placement, channels: 3,
          filter: .bicubic, background: 1)
        var pixels = [Float](repeating: 0, count: width * height * 3)
        pixels.withUnsafeMutableBufferPointer { resizer.resize(picture, into: $0) }
        let rgb = pixels.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
        rgb.withUnsafeBufferPointer {
          set.add(
            $0, height: height, width: width, label: file.label,
            damage: picture.damage.map { .init(name: "'\(file.path)'", reason: $0) })
        }
      } catch {
        failed(file, "\(error)")
      }
    }
    return set
  }
}

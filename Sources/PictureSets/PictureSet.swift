/// Pictures to learn from or to measure on, decoded into memory: 8-bit RGB, each of its own size.
package struct PictureSet: Sendable {
  /// A picture of a set.
  package struct Entry: Hashable, Sendable {
    /// Pixels down.
    package let height: Int
    /// Pixels across.
    package let width: Int
    /// Its class; nil when it has none.
    package let label: Int?
    /// Where its samples start.
    let start: Int
  }

  /// The pictures, in the order of their source.
  package private(set) var entries: [Entry] = []
  /// Names of classes by number; empty when there are none.
  package private(set) var classNames: [String]
  private var samples: [UInt8] = []

  /// Starts an empty set.
  ///
  /// - Parameter classNames: Names of classes by number.
  package init(classNames: [String] = []) { self.classNames = classNames }

  /// Pictures.
  package var count: Int { entries.count }

  /// Classes that occur, counted from the highest number.
  package var classCount: Int {
    max(classNames.count, (entries.compactMap(\.label).max() ?? -1) + 1)
  }

  /// Adds a picture.
  ///
  /// - Parameters:
  ///   - rgb: Samples, (height, width, 3).
  ///   - height: Pixels down.
  ///   - width: Pixels across.
  ///   - label: Its class.
  package mutating func add(
    _ rgb: UnsafeBufferPointer<UInt8>, height: Int, width: Int, label: Int?
  ) {
    precondition(rgb.count == height * width * 3, "three samples for each pixel")
    entries.append(Entry(height: height, width: width, label: label, start: samples.count))
    samples.append(contentsOf: rgb)
  }

  /// Adds all pictures of another set of the same classes.
  package mutating func add(_ other: PictureSet) {
    if classNames.isEmpty { classNames = other.classNames }
    for (index, entry) in other.entries.enumerated() {
      other.withSamples(of: index) {
        add($0, height: entry.height, width: entry.width, label: entry.label)
      }
    }
  }

  /// The samples of a picture, (height, width, 3).
  package func withSamples<Result>(
    of index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let entry = entries[index]
    return try samples.withUnsafeBufferPointer {
      try body(
        UnsafeBufferPointer(
          rebasing: $0[entry.start..<(entry.start + entry.height * entry.width * 3)]))
    }
  }
}

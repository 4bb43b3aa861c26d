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
    /// What is wrong with its data; nil for a sound one.
    package let damage: String?
  }

  /// A picture of which the data is damaged, though something can be shown.
  package struct Damaged: Hashable, Sendable {
    /// What it is called, in quotes.
    package let name: String
    /// What is wrong with it.
    package let reason: String
  }

  /// The pictures, in the order of their source.
  package private(set) var entries: [Entry] = []
  /// Names of classes by number; empty when there are none.
  package private(set) var classNames: [String]
  /// Pictures of the set that are damaged.
  package private(set) var damaged: [Damaged] = []
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
  ///   - damage: What it is called, and what is wrong with it; nil for a sound one.
  package mutating func add(
    _ rgb: UnsafeBufferPointer<UInt8>, height: Int, width: Int, label: Int?,
    damage: Damaged? = nil
  ) {
    precondition(rgb.count == height * width * 3, "three samples for each pixel")
    if let damage { damaged.append(damage) }
    entries.append(
      Entry(
        height: height, width: width, label: label, start: samples.count, damage: damage?.reason))
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
    damaged += other.damaged
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

import DurableFiles
import FileNames

/// Removes what nobody needs any more, a part at a time: an attempt may have left a hundred thousand files.
struct Broom {
  private var paths: [String] = []

  /// True when nothing is left to remove.
  var isIdle: Bool { paths.isEmpty }

  /// Has a file or folder removed that nobody will make anew.
  mutating func take(_ path: String) { paths.append(path) }

  /// Goes on until a moment; what can't be removed is left alone.
  mutating func sweep(until end: ContinuousClock.Instant) {
    while let path = paths.first, .now < end {
      let isGone = (try? Files.removeTree(FileName(path)) { .now < end }) ?? true
      if isGone { paths.removeFirst() }
    }
  }
}

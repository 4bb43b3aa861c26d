/// What a classifier of small pictures is made of; `config.json` holds it.
package struct ClassifierConfiguration: Codable, Hashable, Sendable {
  /// Pixels across and down.
  package var size: Int
  /// Channels of each level; each halves the picture.
  package var widths: [Int]
  /// Groups of channels that are normalised together; divides every width.
  package var groups: Int
  /// Classes there are.
  package var classes: Int
  /// Their names in order; empty for numbers alone.
  package var classNames: [String]

  private enum CodingKeys: String, CodingKey {
    case size, widths, groups, classes
    case classNames = "class_names"
  }

  /// What kind of model a `config.json` is about.
  package static let kind = "classifier"

  /// Takes sizes.
  package init(
    size: Int, classes: Int, classNames: [String] = [], widths: [Int] = [32, 64, 128],
    groups: Int = 8
  ) {
    self.size = size
    self.widths = widths
    self.groups = groups
    self.classes = classes
    self.classNames = classNames
  }

  /// The first thing that doesn't fit; nil if all does.
  package var fault: String? {
    guard classes >= 1, size >= 1, !widths.isEmpty, groups >= 1 else {
      return "a classifier has classes, pixels and at least one level"
    }
    guard widths.allSatisfy({ $0 > 0 && $0.isMultiple(of: groups) }) else {
      return "'widths' is \(widths), but each must be a multiple of 'groups', \(groups)"
    }
    guard size >> widths.count >= 1, size.isMultiple(of: 1 << widths.count) else {
      return
        "'size' is \(size), but \(widths.count) levels halve it each: it must be a multiple of \(1 << widths.count)"
    }
    guard classNames.isEmpty || classNames.count == classes else {
      return "there are names for \(classNames.count) classes, but \(classes) classes"
    }
    return nil
  }
}

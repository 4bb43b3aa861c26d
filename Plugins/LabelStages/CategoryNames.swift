import StageSDK

/// Names that a spec gives to categories, which count from 1 on or, as in ADE20K's sets, from 0.
struct CategoryNames: Sendable {
  static let first = ParameterSpec.integer(
    "first_category", default: 1, range: 0...1,
    "The number of the first of 'categories'; 0 for data sets whose categories count from 0.")

  let names: [String]
  let first: Int
  private let things: Set<String>

  /// Names as a spec gives them, or those of a known list.
  ///
  /// - Throws: ``StageError`` as below, and when both are given.
  init(_ names: [String], things: [String]?, first: Int, set: CategorySet?) throws {
    guard let set else {
      try self.init(names, things: things, first: first)
      return
    }
    guard names.isEmpty, things == nil, first == 1 else {
      throw StageError(
        .config,
        "'category_set' stands in place of 'categories', 'things' and 'first_category'; give one or the other",
        parameter: "category_set")
    }
    try self.init(set.names, things: set.things, first: 1)
  }

  /// - Throws: ``StageError`` when two categories have one name, which tables could not tell apart, or a thing is none.
  init(_ names: [String], things: [String]?, first: Int) throws {
    var known: Set<String> = []
    for name in names where !known.insert(name).inserted {
      throw StageError(
        .config, "'\(name)' is the name of two categories", parameter: "categories")
    }
    if let other = things?.first(where: { !known.contains($0) }) {
      throw StageError(
        .config, "'\(other)' is among 'things', but not among 'categories'", parameter: "things")
    }
    self.names = names
    self.first = first
    self.things = Set(things ?? names)
  }

  /// The name of a category; its number where it has none.
  func name(_ category: Int) -> String { named(category) ?? "\(category)" }

  /// The name that the spec gives to a category.
  func named(_ category: Int) -> String? {
    names.indices.contains(category - first) ? names[category - first] : nil
  }

  /// Whether segments of a category are counted one by one; one without a name is where nothing has names.
  func isThing(_ category: Int) -> Bool {
    named(category).map(things.contains) ?? names.isEmpty
  }

  /// Numbers of the categories with names.
  var numbers: Range<Int> { first..<(first + names.count) }
}

import StageSDK

/// Names that a spec gives to categories.
enum CategoryNames {
  /// - Throws: ``StageError`` when two categories have one name, which tables could not tell apart.
  static func requireUnique(_ names: [String]) throws {
    var known: Set<String> = []
    for name in names where !known.insert(name).inserted {
      throw StageError(
        .config, "'\(name)' is the name of two categories", parameter: "categories")
    }
  }
}

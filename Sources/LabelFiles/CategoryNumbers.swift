/// Numbers of categories, without gaps, for the ids that a file gives them: what models and stages speak of.
///
/// Categories count from 1 on in the order of their ids; from 0 on where the lowest id is 0, as in ADE20K's sets.
package struct CategoryNumbers: Sendable {
  /// In the order of their ids.
  package let categories: [PanopticAnnotations.Category]
  /// Of the first category.
  package let first: Int
  private let numbers: [Int: Int32]

  /// Numbers the categories of a file.
  package init(_ categories: [PanopticAnnotations.Category]) {
    var known: [PanopticAnnotations.Category] = []
    for category in categories.sorted(by: { $0.id < $1.id }) where known.last?.id != category.id {
      known.append(category)
    }
    let first = known.first?.id == 0 ? 0 : 1
    self.first = first
    self.categories = known
    numbers = Dictionary(
      uniqueKeysWithValues: known.enumerated().map { ($1.id, Int32($0 + first)) })
  }

  /// The number of an id; nil when no category has it, and the id itself where none is known.
  package func number(ofID id: Int) -> Int32? {
    categories.isEmpty ? Int32(exactly: id) : numbers[id]
  }

  /// The id of a number; the number itself when no category has it.
  package func id(ofNumber number: Int) -> Int {
    categories.indices.contains(number - first) ? categories[number - first].id : number
  }
}

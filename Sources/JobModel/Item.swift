package import FileNames

/// A line of `items.jsonl`.
package struct Item: Codable, Hashable, Sendable {
  /// Place in the job, from 0.
  package var number: Int
  /// Path below the input directory, or the number as text for items without a file.
  package var id: FileName
  /// Absolute; nil for items without a file.
  package var path: FileName?
  /// Bytes, as of planning; nil without a file.
  package var size: Int?
  package var mtimeNanoseconds: Int?
  /// Why it can't be read, as planning found it: such an item fails without being tried.
  package var fault: String?

  package init(
    number: Int, id: FileName, path: FileName?, size: Int?, mtimeNanoseconds: Int?,
    fault: String? = nil
  ) {
    self.number = number
    self.id = id
    self.path = path
    self.size = size
    self.mtimeNanoseconds = mtimeNanoseconds
    self.fault = fault
  }

  /// An item whose names are text.
  package init(number: Int, id: String, path: String?, size: Int?, mtimeNanoseconds: Int?) {
    self.init(
      number: number, id: FileName(id), path: path.map { FileName($0) }, size: size,
      mtimeNanoseconds: mtimeNanoseconds)
  }
}

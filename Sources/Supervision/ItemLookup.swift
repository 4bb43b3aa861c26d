import DurableFiles
package import FileNames
import FoundationEssentials
import Glibc
package import JobModel

/// Finds single items in a list of a million: its lines are in the order of their numbers, so that a few are looked at.
package enum ItemLookup {
  /// The id of an item by its number, or nil when the list has no such item.
  package static func id(of number: Int, in folder: JobFolder) -> FileName? {
    guard let file = fopen(folder.items, "re") else { return nil }
    defer { fclose(file) }
    guard fseek(file, 0, SEEK_END) == 0 else { return nil }
    // The line is one that begins in low..<high.
    var low = 0
    var high = ftell(file)
    while low < high {
      let middle = low + (high - low) / 2
      guard let line = line(from: middle, in: file), line.start < high else {
        high = middle
        continue
      }
      guard let item = try? JSONDecoder().decode(Item.self, from: line.text) else { return nil }
      if item.number == number { return item.id }
      if item.number < number { low = line.start + line.text.count } else { high = middle }
    }
    return nil
  }

  /// The first line that begins at a place or after it; nil when there is none.
  private static func line(
    from place: Int, in file: UnsafeMutablePointer<FILE>
  ) -> (start: Int, text: Data)? {
    var text: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(text) }
    guard fseek(file, max(0, place - 1), SEEK_SET) == 0 else { return nil }
    // From the end of the line before, if that is where the place is.
    if place > 0, getline(&text, &capacity, file) <= 0 { return nil }
    let start = ftell(file)
    let count = getline(&text, &capacity, file)
    guard count > 0, let text else { return nil }
    return (start, Data(bytes: text, count: count))
  }
}

import FileNames
import Foundation
import JobModel
import Supervision
import Testing

@Suite struct ItemLookupTests {
  /// Every item of a list whose lines are of many lengths, and none that isn't there.
  @Test(arguments: [1, 2, 3, 50]) func findsEveryItem(count: Int) throws {
    let shop = try Workshop()
    let folder = JobFolder(path: shop.root)
    let lines = (0..<count).map { number in
      let name = String(repeating: "x", count: number * 37 % 200)
      return #"{"id":"\#(name)\#(number)","number":\#(number)}"# + "\n"
    }
    try Data(lines.joined().utf8).write(to: URL(filePath: folder.items))
    for number in 0..<count {
      let name = String(repeating: "x", count: number * 37 % 200)
      #expect(ItemLookup.id(of: number, in: folder) == FileName("\(name)\(number)"))
    }
    #expect(ItemLookup.id(of: count, in: folder) == nil)
    #expect(ItemLookup.id(of: -1, in: folder) == nil)
  }
}

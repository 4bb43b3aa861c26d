import JobModel
import Testing

@Suite struct NameTemplateTests {
  private func item(_ id: String, number: Int = 7) -> Item {
    Item(number: number, id: id, path: "/in/\(id)", size: 1, mtimeNanoseconds: 1)
  }

  private func name(_ template: String, _ id: String, number: Int = 7) throws -> String {
    try NameTemplate(template).expanded(
      item: item(id, number: number), jobID: "20260101-000000-abcdef", jobName: "tiles")
  }

  private func refusal(_ template: String, _ id: String? = nil) -> String? {
    do throws(NameTemplateError) {
      _ = try NameTemplate(template).expanded(
        item: id.map { item($0) }, jobID: "20260101-000000-abcdef", jobName: "tiles")
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("{item.stem}.png", "x/a.b.jpg", "a.b.png"),
    ("{item.name}", "x/a.jpg", "a.jpg"),
    ("{item.id}", "x/y/a.jpg", "x/y/a.jpg"),
    ("{item.dir}/{item.stem}.png", "x/y/a.jpg", "x/y/a.png"),
    ("{item.dir}/{item.stem}.png", "a.jpg", "a.png"),
    ("out/{item.stem}-{item.ext}", "a.jpg", "out/a-jpg"),
    ("{item.stem}", ".hidden", ".hidden"),
    ("{item.stem}", "a.", "a"),
    ("{item.stem}{item.ext}", "Makefile", "Makefile"),
    ("{item.number}.png", "a.jpg", "000007.png"),
    ("{job.name}/{job.id}", "a", "tiles/20260101-000000-abcdef"),
    ("…{item.stem} ü.png", "ä.jpg", "…ä ü.png"),
    ("a..b/...", "a", "a..b/..."),
  ])
  func placeholdersAreFilledIn(_ template: String, _ id: String, _ expected: String) throws {
    #expect(try name(template, id) == expected)
  }

  @Test func numbersGrowBeyondSixDigits() throws {
    #expect(try name("{item.number}", "a", number: 12_345_678) == "12345678")
    #expect(try name("{item.number}", "a", number: 0) == "000000")
  }

  @Test func onlyItemPlaceholdersDependOnTheItem() throws {
    #expect(try NameTemplate("{item.stem}.png").dependsOnItem)
    #expect(try !NameTemplate("{job.id}/sheet.png").dependsOnItem)
  }

  private static let known =
    "{item.id}, {item.stem}, {item.name}, {item.ext}, {item.dir}, {item.number}, {job.id}, {job.name}"

  @Test(arguments: [
    (
      "{item.step}",
      "the name '{item.step}' has an unknown placeholder '{item.step}'; there are \(known)"
    ),
    ("{}", "the name '{}' has an unknown placeholder '{}'; there are \(known)"),
    ("a{", "the name 'a{' has a brace without its partner; placeholders look like {item.stem}"),
    ("a}", "the name 'a}' has a brace without its partner; placeholders look like {item.stem}"),
    ("{a{b}", "the name '{a{b}' has an unknown placeholder '{a{b}'; there are \(known)"),
    (
      "/etc/passwd",
      "the name '/etc/passwd' (from '/etc/passwd') is absolute; names are relative to the job's output folder, which 'output: { dir: … }' sets"
    ),
    (
      "../a",
      "the name '../a' (from '../a') leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "a/../b",
      "the name 'a/../b' (from 'a/../b') leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "./a",
      "the name './a' (from './a') leads out of the output folder; '.' and '..' are not allowed"
    ),
    ("", "the name '' is empty"),
    (
      "a//b",
      "the name 'a//b' (from 'a//b') has an empty part, a part over 255 bytes or a control character"
    ),
    (
      "a/",
      "the name 'a/' (from 'a/') has an empty part, a part over 255 bytes or a control character"
    ),
    (
      "a\nb",
      "the name 'a\nb' (from 'a\nb') has an empty part, a part over 255 bytes or a control character"
    ),
    (
      "a\0b",
      "the name 'a\0b' (from 'a\0b') has an empty part, a part over 255 bytes or a control character"
    ),
  ])
  func aWrongTemplateIsRefusedWhole(_ template: String, _ expected: String) {
    #expect(refusal(template, "a.png") == expected)
  }

  /// What an item is called may lead out as well.
  @Test(arguments: [
    (
      "{item.id}", "../a",
      "the name '../a' (from '{item.id}') leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "{item.dir}/x", "../a",
      "the name '../x' (from '{item.dir}/x') leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "{item.id}", "/etc/passwd",
      "the name '/etc/passwd' (from '{item.id}') is absolute; names are relative to the job's output folder, which 'output: { dir: … }' sets"
    ),
    (
      "{item.stem}", "x/..png",
      "the name '.' (from '{item.stem}') leads out of the output folder; '.' and '..' are not allowed"
    ),
    ("{item.ext}", "a", "the name '{item.ext}' is empty"),
    (
      "x/{item.ext}", "a",
      "the name 'x/' (from 'x/{item.ext}') has an empty part, a part over 255 bytes or a control character"
    ),
  ])
  func anItemsNameCantLeadOut(_ template: String, _ id: String, _ expected: String) {
    #expect(refusal(template, id) == expected)
  }

  @Test func anAbsoluteFolderOfAnItemIsRefused() {
    #expect(
      refusal("{item.dir}/x", "/etc/passwd")
        == "the name '/etc/x' (from '{item.dir}/x') has an empty part, a part over 255 bytes or a control character"
    )
  }

  @Test func lengthsAreLimited() throws {
    let part = String(repeating: "ä", count: 128)
    #expect(
      refusal(part)
        == "the name '\(part)' (from '\(part)') has an empty part, a part over 255 bytes or a control character"
    )
    #expect(refusal(String(repeating: "a", count: 255)) == nil)
    let long = Array(repeating: String(repeating: "a", count: 204), count: 5)
      .joined(separator: "/")
    #expect(long.utf8.count == 1024)
    #expect(refusal(long) == nil)
    #expect(refusal("\(long)a") == "the name from '\(long)a' is over 1024 bytes long")
  }

  @Test func aFileOfTheWholeStageHasNoItem() {
    #expect(refusal("{job.name}.png") == nil)
    #expect(
      refusal("{item.stem}.png")
        == "the name '{item.stem}.png' is of a file for the whole stage, so '{item.stem}' has nothing to stand for"
    )
  }
}

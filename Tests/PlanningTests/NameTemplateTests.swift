import FileNames
import JobModel
import Testing

@Suite struct NameTemplateTests {
  private func item(_ id: String, number: Int = 7) -> Item {
    Item(number: number, id: id, path: "/in/\(id)", size: 1, mtimeNanoseconds: 1)
  }

  private func name(_ template: String, _ id: String, number: Int = 7) throws -> FileName {
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
    ("out/{item.dir}/{item.stem}.png", "a.jpg", "out/a.png"),
    ("{item.stem}.png", "x/\u{301}a.jpg", "\u{301}a.png"),
    ("{item.stem}.png", "e\u{301}.jpg", "e\u{301}.png"),
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
    #expect(try name(template, id) == FileName(expected))
  }

  @Test func numbersGrowBeyondSixDigits() throws {
    #expect(try name("{item.number}", "a", number: 12_345_678) == "12345678")
    #expect(try name("{item.number}", "a", number: 0) == "000000")
  }

  @Test func bytesThatAreNotUTF8AreKept() throws {
    let stem = FileName(bytes: Array("x/caf".utf8) + [0xE9])
    let item = Item(number: 0, id: stem + ".png", path: "/in", size: 1, mtimeNanoseconds: 1)
    for (template, expected) in [
      ("{item.stem}.npy", FileName(bytes: Array("caf".utf8) + [0xE9]) + ".npy"),
      ("{item.id}", stem + ".png"), ("{item.dir}/{item.number}.npy", "x/000000.npy"),
    ] {
      #expect(
        try NameTemplate(template).expanded(item: item, jobID: "j", jobName: "n") == expected)
    }
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
      "the name '/etc/passwd' is absolute; names are relative to the job's output folder, which 'output: { dir: … }' sets"
    ),
    (
      "../a",
      "the name '../a' leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "a/../b",
      "the name 'a/../b' leads out of the output folder; '.' and '..' are not allowed"
    ),
    (
      "./a",
      "the name './a' leads out of the output folder; '.' and '..' are not allowed"
    ),
    ("", "the name '' is empty"),
    ("a//b", "the name 'a//b' has an empty part between two slashes"),
    ("a/", "the name 'a/' has an empty part between two slashes"),
    (
      "a\nb",
      "the name 'a\\nb' has the control character U+000A; use {item.number}, or rename the file"
    ),
    (
      "a\0b",
      "the name 'a\\u{0}b' has the control character U+0000; use {item.number}, or rename the file"
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
      "the name 'x/' (from 'x/{item.ext}') has an empty part between two slashes"
    ),
    (
      "{item.stem}.npy", "bell\u{7}.png",
      "the name 'bell\\u{7}.npy' (from '{item.stem}.npy') has the control character U+0007; use {item.number}, or rename the file"
    ),
    (
      "{item.stem}.npy", "new\nline.png",
      "the name 'new\\nline.npy' (from '{item.stem}.npy') has the control character U+000A; use {item.number}, or rename the file"
    ),
    (
      "{item.stem}-small.npy", String(repeating: "写", count: 83) + ".png",
      "the name '\(String(repeating: "写", count: 30))…\(String(repeating: "写", count: 10))-small.npy' (from '{item.stem}-small.npy') has 259 bytes, and a file name at most 255; use {item.number}, or a shorter name"
    ),
  ])
  func anItemsNameCantLeadOut(_ template: String, _ id: String, _ expected: String) {
    #expect(refusal(template, id) == expected)
  }

  @Test func anAbsoluteFolderOfAnItemIsRefused() {
    #expect(
      refusal("{item.dir}/x", "/etc/passwd")
        == "the name '/etc/x' (from '{item.dir}/x') has an empty part between two slashes"
    )
  }

  @Test func lengthsAreLimited() throws {
    let part = String(repeating: "ä", count: 128)
    #expect(
      refusal(part)
        == "the name '\(String(repeating: "ä", count: 30))…\(String(repeating: "ä", count: 20))' has 256 bytes, and a file name at most 255; use {item.number}, or a shorter name"
    )
    #expect(refusal(String(repeating: "a", count: 255)) == nil)
    let long = Array(repeating: String(repeating: "a", count: 204), count: 5)
      .joined(separator: "/")
    #expect(long.utf8.count == 1024)
    #expect(refusal(long) == nil)
    #expect(
      refusal("\(long)a")
        == "the name '\(String(repeating: "a", count: 30))…\(String(repeating: "a", count: 20))' has 1025 bytes, and one with its folders at most 1024; use {item.number}, or a shorter name"
    )
  }

  @Test func aFileOfTheWholeStageHasNoItem() {
    #expect(refusal("{job.name}.png") == nil)
    #expect(
      refusal("{item.stem}.png")
        == "the name '{item.stem}.png' is of a file for the whole stage, so '{item.stem}' has nothing to stand for"
    )
  }
}

import ForeignJSON
import Foundation
import LabelFiles
import Testing

/// COCO panoptic JSON as other programs write it.
@Suite struct AnnotationTests {
  private func read(_ text: String) throws(JSONFault) -> PanopticAnnotations {
    try PanopticAnnotations(Array(text.utf8))
  }

  private func fault(_ text: String) -> String? {
    do throws(JSONFault) {
      _ = try read(text)
      return nil
    } catch { return error.description }
  }

  /// Ids as texts or numbers, flags as truth values or numbers, no `area`, and anything in what nobody reads.
  @Test(arguments: [
    #"{"id": 7, "file_name": "a.jpg"}|"image_id": 7"#,
    #"{"id": "frankfurt_1", "file_name": "a.jpg"}|"image_id": "frankfurt_1""#,
    #"{"id": 7.0, "file_name": "a.jpg", "width": null}|"image_id": "7""#,
    #"{"file_name": "a.jpg", "id": 12345678901234567890}|"image_id": 12345678901234567890"#,
  ])
  func idsHaveToBeTheSame(halves: String) throws {
    let parts = halves.components(separatedBy: "|")
    let file = try read(
      """
      {"info": {"version": NaN}, "licenses": [null, [1.5e400]], "images": [\(parts[0]), {"id": 9}],
       "annotations": [{\(parts[1]), "file_name": "a.png", "score": NaN, "segments_info": [
         {"id": 258, "category_id": 3, "bbox": [0.5, 1, 2.25, 3], "iscrowd": true, "isthing": "x"},
         {"id": "5", "category_id": 0.0, "area": -1.5, "iscrowd": 0}, {"id": 6, "category_id": 2}]}],
       "categories": [{"id": 3, "name": "cat", "isthing": true, "color": [1.5, null]}, {"id": 0, "name": 17}]}
      """)
    let annotation = try #require(file.annotations.first)
    #expect(annotation.picture == "a.jpg" && annotation.mask == "a.png")
    #expect(
      annotation.segments == [
        .init(id: 258, category: 3, isCrowd: true), .init(id: 5, category: 0, isCrowd: false),
        .init(id: 6, category: 2, isCrowd: false),
      ])
    #expect(
      file.categories == [
        .init(id: 3, name: "cat", isThing: true), .init(id: 0, name: "17", isThing: false),
      ])
  }

  @Test func resultsHaveAnnotationsAlone() throws {
    let file = try read(
      #"{"annotations": [{"image_id": 1, "file_name": "x/a.png", "segments_info": []}]}"#)
    #expect(file.annotations.map(\.mask) == ["x/a.png"] && file.annotations[0].picture == nil)
    #expect(file.categories.isEmpty)
  }

  @Test func faultsNameKeyAndByte() {
    let start = #"{"annotations": [{"image_id": 1, "file_name": "a", "segments_info": [{"#
    #expect(
      fault(start + #""id": 0.5, "category_id": 1}]}]}"#)
        == "'annotations[0].segments_info[0].id' at byte 76 must be a whole number of 0 to 16777215, not 0.5"
    )
    #expect(
      fault(start + #""id": 1, "category_id": -1}]}]}"#)
        == "'annotations[0].segments_info[0].category_id' at byte 94 must be a whole number of 0 to 2147483647, not -1"
    )
    #expect(
      fault(start + #""id": 1}]}]}"#)
        == "'annotations[0].segments_info[0]' at byte 69 must be an object with the key 'category_id', not one without"
    )
    #expect(
      fault(#"{"images": [{"id": null, "file_name": "a"}], "annotations": []}"#)
        == "'images[0].id' at byte 19 must be a text or a number, not null")
    #expect(
      fault(#"{"images": []}"#)
        == "byte 0 must be an object with the key 'annotations', not one without")
    #expect(fault("[1]") == "byte 0 must be '{', not '['")
    #expect(
      fault(#"{"annotations": [{"image_id": 1, "segments_info": []}]}"#)
        == "'annotations[0]' at byte 17 must be an object with the key 'file_name', not one without"
    )
    #expect(
      fault(start)
        == "byte 70, in 'annotations[0].segments_info[0]', must be a text in double quotes, not the end of the text"
    )
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = #expect(throws: LabelFileError.self) {
      try PanopticAnnotations(path: "/nonexistent/gt.json")
    }
    #expect(missing?.description == "there is no file '/nonexistent/gt.json'")
    #expect(missing?.isOfAll == true)
    let folder = #expect(throws: LabelFileError.self) { try PanopticAnnotations(path: "/tmp") }
    #expect(folder?.description == "can't read '/tmp': it is not a file")
    let pipe = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    let error = #expect(throws: LabelFileError.self) { try PanopticAnnotations(path: pipe) }
    #expect(error?.description == "can't read '\(pipe)': it is not a file")
  }
}

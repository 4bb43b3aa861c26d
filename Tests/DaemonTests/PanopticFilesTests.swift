import Foundation
import JobModel
import LatticeDriver
import Testing

/// COCO panoptic files of other programs, through the program.
@Suite(.blocking) struct PanopticFilesTests {
  /// A data set of pictures of 4 x 1 pixels in two folders, each with a person, a car and a crowd of persons.
  private final class DataSet {
    let lattice: Lattice

    init() throws {
      lattice = try Lattice()
      for city in ["aachen", "bochum"] {
        try write(TinyPictures.png(width: 4, height: 1, seed: 1), "img/\(city)/1.png")
        let last: UInt8 = city == "aachen" ? 3 : 0
        try write(
          TinyPictures.png(width: 4, height: 1, rgb: [1, 0, 0, 1, 0, 0, 2, 0, 0, last, 0, 0]),
          "gt/\(city)/1.png")
      }
      try write(Data(Self.json().utf8), "gt.json")
    }

    func write(_ data: Data, _ name: String) throws {
      let file = lattice.file(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }

    static func json(crowd: String = "true", person: String = "0", id: String = "\"x-AT\"")
      -> String
    {
      let annotations = ["aachen", "bochum"].map { city in
        let crowdSegment = #", {"id": 3, "category_id": \#(person), "iscrowd": \#(crowd)}"#
        return """
          {"image_id": \(id.replacingOccurrences(of: "AT", with: city)), "file_name": "\(city)/1.png", "score": NaN, "segments_info": [
            {"id": 1, "category_id": \(person), "bbox": [0.5, 0, 1.5, 1]}, {"id": "2", "category_id": 1.0}\(city == "aachen" ? crowdSegment : "")]}
          """
      }
      let images = ["aachen", "bochum"].map {
        #"{"id": \#(id.replacingOccurrences(of: "AT", with: $0)), "file_name": "\#($0)/1.png"}"#
      }
      return """
        {"images": [\(images.joined(separator: ","))], "annotations": [\(annotations.joined(separator: ","))],
         "categories": [{"id": 0, "name": "person", "isthing": true}, {"id": 1, "name": "car", "isthing": true}]}
        """
    }

    func spec(
      annotations: String? = nil, masks: String? = nil, metrics: String = "first_category: 0",
      mismatch: String = "error"
    ) -> String {
      let json = annotations ?? lattice.file("gt.json").path()
      let folder = masks ?? lattice.file("gt").path()
      return """
        input: { photos: { dir: img } }
        stages:
          - { id: truth, use: panoptic.read@1, in: { file: photos }, params: { annotations: "\(json)", masks: "\(folder)", mismatch: \(mismatch) } }
          - id: score
            use: panoptic.metrics@1
            in: { panoptic: truth.panoptic, reference: truth.panoptic }
            params: { categories: [person, car], \(metrics) }
          - { id: save, use: panoptic.write@1, in: { panoptic: truth.panoptic }, params: { name: "masks/{item.dir}/{item.stem}.png", overlay: "", categories: [person, car], first_category: 0 } }
        errors: { max_failed_items: 100% }
        """
    }

    func summary(_ name: String) throws -> JSONValue {
      try JSONValue(
        parsing: Data(contentsOf: lattice.file("\(name)/panoptic-metrics.json")))
    }

    func check(_ spec: String) throws -> Lattice.Output {
      try Data("version: 1\nname: c\n\(spec)\n".utf8).write(to: lattice.file("c.yaml"))
      return try lattice.run(["check", "c.yaml"])
    }
  }

  /// Text ids, truth values, fractions and NaN where nobody looks, category 0, pictures of one name in two folders.
  @Test(arguments: ["\"x-AT\"", "\"1AT\""])
  func filesOfOthersAreRead(id: String) throws {
    let set = try DataSet()
    try set.write(Data(DataSet.json(id: id).utf8), "gt.json")
    let output = try set.lattice.spec("a", set.spec())
    try #require(output.status == 0, "\(output.talk)")
    let summary = try set.summary("a")
    #expect(summary["all"]?["pq"]?.doubleValue == 1 && summary["all"]?["categories"] == .int(2))
    #expect(summary["per_category"]?["person"]?["pq"]?.doubleValue == 1, "\(summary)")
    #expect(summary["per_category"]?["car"]?["pq"]?.doubleValue == 1)
    // Nothing was stuff, so that nothing was measured of it.
    #expect(
      summary["stuff"] == .object(["pq": .null, "sq": .null, "rq": .null, "categories": .int(0)]))
    let table = try String(contentsOf: set.lattice.file("a/panoptic-metrics.csv"), encoding: .utf8)
    #expect(
      table == "category,pq,sq,rq,tp,fp,fn\nperson,1.0,1.0,1.0,2,0,0\ncar,1.0,1.0,1.0,2,0,0\n")
  }

  /// What is written is read again, folders, category 0 and crowds included.
  @Test func whatIsWrittenComesBack() throws {
    let set = try DataSet()
    let first = try set.lattice.spec("a", set.spec())
    try #require(first.status == 0, "\(first.talk)")
    let written = try JSONValue(
      parsing: Data(contentsOf: set.lattice.file("a/panoptic.json")))
    #expect(
      written["annotations"]?.arrayValue?.compactMap { $0["file_name"]?.stringValue } == [
        "masks/aachen/1.png", "masks/bochum/1.png",
      ])
    #expect(written["categories"]?.arrayValue?.compactMap { $0["id"]?.intValue } == [0, 1])
    let second = try set.lattice.spec(
      "b",
      set.spec(
        annotations: set.lattice.file("a/panoptic.json").path(),
        masks: set.lattice.file("a").path()))
    try #require(second.status == 0, "\(second.talk)")
    #expect(try set.summary("b") == set.summary("a"))
    for city in ["aachen", "bochum"] {
      let (one, two) = (
        try Data(contentsOf: set.lattice.file("a/masks/\(city)/1.png")),
        try Data(contentsOf: set.lattice.file("b/masks/\(city)/1.png"))
      )
      #expect(one == two)
    }
  }

  @Test func namesThatAreOffByOneAreTold() throws {
    let set = try DataSet()
    let output = try set.lattice.spec("a", set.spec(metrics: "first_category: 1"))
    try #require(output.status == 0, "\(output.talk)")
    #expect(
      try logs(set).contains(
        "category 0 occurs, but 'categories' names those from 1 on; say 'first_category: 0' if the first name is its own"
      ))
  }

  /// The file is looked at before anything runs: absent, no JSON, of a wrong value, and beside the pictures.
  @Test func filesAreChecked() throws {
    let set = try DataSet()
    #expect(try set.check(set.spec()).status == 0)
    let json = set.lattice.file("gt.json").path()
    try set.write(Data(DataSet.json(person: "0.5").utf8), "gt.json")
    let wrong = try set.check(set.spec())
    #expect(wrong.status == 2, "\(wrong.talk)")
    let byte = try #require(DataSet.json(person: "0.5").range(of: "\"category_id\": 0.5"))
    let offset =
      DataSet.json(person: "0.5").utf8.distance(
        from: DataSet.json(person: "0.5").startIndex, to: byte.lowerBound) + 15
    #expect(
      (wrong.data + wrong.talk).contains(
        "error[E127]: 'truth' (panoptic.read): '\(json)' is no COCO panoptic file: 'annotations[0].segments_info[0].category_id' at byte \(offset) must be a whole number of 0 to 2147483647, not 0.5"
      ), "\(wrong.data)\(wrong.talk)")
    try FileManager.default.removeItem(atPath: json)
    let missing = try set.check(set.spec())
    let said = missing.data + missing.talk
    #expect(missing.status == 2 && said.contains("(panoptic.read): there is no file '\(json)'"))
    #expect(!said.contains("Error Domain") && !said.contains("CocoaError"))
    let folder = try set.check(set.spec(annotations: "panoptic.json"))
    #expect(
      (folder.data + folder.talk).contains(
        "there is no file '\(set.lattice.file("img/aachen/panoptic.json").path())'"),
      "\(folder.data)\(folder.talk)")
    try set.write(Data(DataSet.json().utf8), "gt.json")
    let masks = try set.check(set.spec(masks: set.lattice.file("none").path()))
    #expect(
      (masks.data + masks.talk).contains(
        "there is no folder '\(set.lattice.file("none").path())'"))
    // Relative to the folder of each picture.
    let beside = try set.lattice.spec(
      "a", set.spec(annotations: "../../gt.json", masks: "../../gt"))
    #expect(beside.status == 0, "\(beside.talk)")
  }

  /// Mask and JSON that disagree fail their picture, or are told where that is wanted.
  @Test func segmentsOfOneSide() throws {
    let set = try DataSet()
    let path = set.lattice.file("gt/aachen/1.png").path()
    try set.write(
      TinyPictures.png(width: 4, height: 1, rgb: [1, 0, 0, 12, 0, 0, 2, 0, 0, 3, 0, 0]),
      "gt/aachen/1.png")
    let failed = try set.lattice.spec("a", set.spec())
    #expect(failed.status == 3, "\(failed.talk)")
    let sentence =
      "segment 12 is in the mask '\(path)', but '\(set.lattice.file("gt.json").path())' doesn't describe it"
    #expect(try set.lattice.jobFile("a", "failed.jsonl").contains(sentence))
    let kept = try set.lattice.spec("b", set.spec(mismatch: "ignore"))
    #expect(kept.status == 0, "\(kept.talk)")
    #expect(try logs(set, "b").contains("'aachen/1.png': \(sentence); it is left out"))
    try FileManager.default.removeItem(atPath: path)
    let missing = try set.lattice.spec("c", set.spec())
    #expect(missing.status == 3, "\(missing.talk)")
    #expect(try set.lattice.jobFile("c", "failed.jsonl").contains("there is no mask '\(path)'"))
  }

  /// All lines of the logs of a job.
  private func logs(_ set: DataSet, _ name: String = "a") throws -> String {
    try JobLogs.text(of: set.lattice.file(".lattice/\(name)/jobs"))
  }
}

/// What stages said during jobs.
enum JobLogs {
  /// The messages below a folder of jobs, one a line.
  static func text(of jobs: URL) throws -> String {
    let names = FileManager.default.enumerator(atPath: jobs.path())?.compactMap { $0 as? String }
    return try (names ?? []).filter { $0.contains("/logs/") && $0.hasSuffix(".jsonl") }.sorted()
      .flatMap { name in
        try Data(contentsOf: jobs.appending(path: name)).split(separator: 10).map { line in
          try JSONDecoder().decode(LogLine.self, from: line).message
        }
      }.joined(separator: "\n")
  }
}

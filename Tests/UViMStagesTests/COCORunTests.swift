import Foundation
import LatticeDriver
import Testing

/// COCO's categories from files and back to files, whose ids have gaps.
@Suite(.blocking) struct COCORunTests {
  private func object(_ url: URL) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  /// By name of mask and id of segment.
  private func categories(_ file: [String: Any]) throws -> [String: Int] {
    var found: [String: Int] = [:]
    for annotation in try #require(file["annotations"] as? [[String: Any]]) {
      let mask = try #require(annotation["file_name"] as? String)
      for segment in try #require(annotation["segments_info"] as? [[String: Any]]) {
        found["\(mask)/\(segment["id"] ?? "")"] = segment["category_id"] as? Int
      }
    }
    return found
  }

  /// Scenes whose bodies are called people, stop signs, toothbrushes and cars, on grass below the sky, as COCO numbers
  /// them: read and written again, each has the id that it had, and a model that learns of them knows six names.
  @Test func idsComeBack() throws {
    let lattice = try Lattice()
    let write = """
      params: { name: "{item.stem}.panoptic.png", overlay: "",
      """
    let made = try lattice.spec(
      "made",
      """
      input: { scenes: { count: 6 } }
      stages:
        - { id: render, use: scenes.render@1, params: { size: 16 } }
        - { id: picture, use: image.write@1, in: { image: render.image }, params: { name: "{item.stem}.png" } }
        - { id: labels, use: panoptic.write@1, in: { panoptic: render.panoptic }, \(write)
                      categories: [person, stop sign, toothbrush, car, grass-merged, sky-other-merged] } }
      """)
    try #require(made.status == 0, "\(made.talk)")
    let ids = [1: 1, 2: 13, 3: 90, 4: 3, 5: 193, 6: 187]
    let url = lattice.file("made/panoptic.json")
    var file = try object(url)
    let annotations = try #require(file["annotations"] as? [[String: Any]])
    file["annotations"] = try annotations.map { annotation in
      var annotation = annotation
      let segments = try #require(annotation["segments_info"] as? [[String: Any]])
      annotation["segments_info"] = segments.map { segment in
        segment.merging(["category_id": ids[segment["category_id"] as? Int ?? 0] ?? 0]) { $1 }
      }
      return annotation
    }
    let categories = try #require(file["categories"] as? [[String: Any]])
    file["categories"] = categories.map { category in
      category.merging(["id": ids[category["id"] as? Int ?? 0] ?? 0]) { $1 }
    }
    try JSONSerialization.data(withJSONObject: file).write(to: url)
    let known = try self.categories(file)
    #expect(Set(known.values).isSubset(of: [1, 13, 90, 3, 193, 187]) && known.count > 12)

    let training = try lattice.spec(
      "train",
      """
      input: { pictures: { dir: made, glob: "??????.png" } }
      stages:
        - id: train
          use: uvim.train@1
          params: { task: panoptic, data: pictures, annotations: panoptic.json, masks: ".", size: 16, patch: 8, codes: 1,
                    width: 16, heads: 2, mlp: 16, encoder_depth: 1, decoder_depth: 1, levels: [5, 5], instances: 6,
                    batch: 4, steps: 2, language_steps: 0 }
      output: { model: tiny }
      """)
    try #require(training.status == 0, "\(training.talk)")
    let config = try object(lattice.file("spool/models/tiny/1/config.json"))
    #expect(
      config["categories"] as? [String] == [
        "person", "car", "stop sign", "toothbrush", "sky-other-merged", "grass-merged",
      ])

    // The file lists but six of the 133: as a file of COCO's own, it lists all.
    let all = try lattice.spec(
      "all",
      """
      input: { pictures: { dir: made, glob: "??????.png" } }
      stages:
        - { id: read, use: panoptic.read@1, in: { file: pictures }, params: { masks: "." } }
        - { id: labels, use: panoptic.write@1, in: { panoptic: read.panoptic }, \(write)
                      categories: [person, car, stop sign, toothbrush, sky-other-merged, grass-merged] } }
        - { id: score, use: panoptic.metrics@1, in: { panoptic: read.panoptic, reference: read.panoptic },
            params: { category_set: coco } }
      """)
    try #require(all.status == 0, "\(all.talk)")
    let numbered = try self.categories(object(lattice.file("all/panoptic.json")))
    let numbers = [1: 1, 3: 2, 13: 3, 90: 4, 187: 5, 193: 6]
    #expect(numbered.values.sorted() == known.values.compactMap { numbers[$0] }.sorted())
  }

  /// A file that lists all 133: what is read is written with the same ids.
  @Test func theOfficialListIsWrittenWithItsIDs() throws {
    let lattice = try Lattice()
    let made = try lattice.spec(
      "made",
      """
      input: { scenes: { count: 3 } }
      stages:
        - { id: render, use: scenes.render@1, params: { size: 16 } }
        - { id: picture, use: image.write@1, in: { image: render.image }, params: { name: "{item.stem}.png" } }
        - { id: labels, use: panoptic.write@1, in: { panoptic: render.panoptic },
            params: { name: "{item.stem}.panoptic.png", overlay: "", category_set: coco } }
      """)
    try #require(made.status == 0, "\(made.talk)")
    let file = try object(lattice.file("made/panoptic.json"))
    let list = try #require(file["categories"] as? [[String: Any]])
    #expect(list.count == 133 && list.last?["id"] as? Int == 200)
    #expect(list.compactMap { $0["isthing"] as? Int }.reduce(0, +) == 80)
    let back = try lattice.spec(
      "back",
      """
      input: { pictures: { dir: made, glob: "??????.png" } }
      stages:
        - { id: read, use: panoptic.read@1, in: { file: pictures }, params: { masks: "." } }
        - { id: labels, use: panoptic.write@1, in: { panoptic: read.panoptic },
            params: { name: "{item.stem}.panoptic.png", overlay: "", category_set: coco } }
      """)
    try #require(back.status == 0, "\(back.talk)")
    let again = try object(lattice.file("back/panoptic.json"))
    #expect(try categories(again).values.sorted() == categories(file).values.sorted())
    #expect(Set(try categories(file).values).isSubset(of: [1, 2, 3, 4, 5, 6]))
  }
}

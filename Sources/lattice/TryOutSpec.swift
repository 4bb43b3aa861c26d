import FileNames
import JobModel
import Planning
import StageCatalog

/// A pipeline around one stage, to try it on a few files.
struct TryOutSpec {
  let text: String

  /// Why no pipeline can be made up.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameters:
  ///   - entry: The stage.
  ///   - items: Absolute paths; none makes one item without a file.
  ///   - parameters: As a JSON object, over the defaults.
  ///   - size: Pixels across and down of pictures that are read; nil keeps their own.
  /// - Throws: ``Refusal`` when an input is no picture.
  init(
    _ entry: StageCatalog.Entry, items: [String], parameters: JSONValue, size: Int?
  ) throws {
    let stage = entry.stage
    var lines = ["version: 1", "name: try", "input:"]
    let files = try items.map { ShownJSON.text(try JSONValue.string($0).canonicalText) }
    lines.append(
      items.isEmpty
        ? "  items: { count: 1 }" : "  items: { files: [\(files.joined(separator: ", "))] }")
    lines.append("stages:")
    let tensors = stage.inputs.filter { !$0.isFile && !$0.isOptional }
    if let other = tensors.first(where: {
      !$0.types.contains(.f32) || ($0.dimensions?.count ?? 4) != 4
    }) {
      throw Refusal(
        description:
          "'\(other.name)' of \(stage.id) takes \(other.typeText), which is no picture; write a pipeline around it, 'lattice plugin inspect \(stage.id)' shows how"
      )
    }
    if !tensors.isEmpty {
      guard !items.isEmpty else {
        throw Refusal(description: "\(stage.id) reads pictures; name some with --item")
      }
      lines += ["  - id: read", "    use: image.read@1", "    in: { file: items }"]
      if let size { lines.append("    params: { size: \(size) }") }
    }
    lines += ["  - id: try", "    use: \(stage.id)@=\(entry.version)"]
    let inputs =
      stage.inputs.filter(\.isFile).map { "\($0.name): items" }
      + tensors.map { "\($0.name): read.image" }
    if !inputs.isEmpty { lines.append("    in: { \(inputs.joined(separator: ", ")) }") }
    if parameters.objectValue?.isEmpty == false {
      lines.append("    params: \(ShownJSON.text(try parameters.canonicalText))")
    }
    for port in stage.outputs {
      let name = "{item.number}-\(port.name)"
      if port.semantic?.hasPrefix("image") == true {
        lines += [
          "  - id: picture-\(port.name)", "    use: image.write@1",
          "    in: { image: try.\(port.name) }",
          "    params: { name: \"\(name).png\", exists: replace }",
        ]
      }
      lines += [
        "  - id: tensor-\(port.name)", "    use: tensor.write@1",
        "    in: { tensor: try.\(port.name) }",
        "    params: { name: \"\(name).npy\", exists: replace }",
      ]
    }
    text = lines.joined(separator: "\n") + "\n"
  }
}

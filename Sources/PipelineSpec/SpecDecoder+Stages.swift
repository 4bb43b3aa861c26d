import Versions
import YAML

extension SpecDecoder {
  /// The stages; nil when there is no list of them.
  ///
  /// `inputs` are the names of all inputs as written, also of those that could not be read; nil without `input:`.
  func stages(_ node: YAMLNode?, inputs: [Marked<String>]?) -> [SpecStage]? {
    guard let node else { return nil }
    guard case .sequence(let nodes) = node.content else {
      reader.wrongKind(node, .list, "stages")
      return nil
    }
    if nodes.isEmpty {
      reader.report(
        "E027", "'stages' is an empty list; it needs at least one entry", at: node.mark,
        path: "stages")
      return nil
    }
    let entries = nodes.enumerated().compactMap { entry($1, path: "stages[\($0)]") }
    let connections = SpecConnections(reader: reader, entries: entries, inputs: inputs)
    connections.checkNames()
    connections.check()
    return entries.compactMap(\.stage)
  }

  private func entry(_ node: YAMLNode, path: String) -> SpecConnections.Entry? {
    var table = SpecKeys.stage
    if case .string(let id) = node["id"]?.content { table.place = "stage '\(id.quotable)'" }
    guard let values = reader.mapping(node, table, path: path) else { return nil }
    let id = stageID(values["id"], path: "\(path).id")
    let use = use(values["use"], path: "\(path).use")
    let inputs = connections(values["in"], path: "\(path).in")
    let parameters = parameters(values["params"], path: "\(path).params")
    let models = models(values["model"], path: "\(path).model")
    let checkpoint = checkpoint(values["checkpoint"], path: "\(path).checkpoint")
    var entry = SpecConnections.Entry(path: path, id: values["id"], inputs: inputs)
    guard let id, let use else { return entry }
    var stage = SpecStage(id: id, use: use, mark: node.mark)
    stage.inputs = inputs
    stage.parameters = parameters
    stage.models = models
    stage.checkpoint = checkpoint
    entry.stage = stage
    return entry
  }

  private func connections(_ node: YAMLNode?, path: String) -> [SpecStage.Connection] {
    guard let node else { return [] }
    return reader.named(node, path: path).compactMap { pair in
      reader.text(pair.value, path: reader.join(path, pair.key.value)).map {
        SpecStage.Connection(port: pair.key, source: $0)
      }
    }
  }

  private func parameters(_ node: YAMLNode?, path: String) -> YAMLNode? {
    guard let node else { return nil }
    if case .mapping = node.content { return node }
    reader.wrongKind(node, .mapping, path)
    return nil
  }

  private func stageID(_ node: YAMLNode?, path: String) -> Marked<String>? {
    guard let id = reader.text(node, path: path) else { return nil }
    guard Identifier.isStageID(id.value) else {
      reader.report(
        "E038",
        "'\(id.value.quotable)' can't be an id: ids are \(Identifier.advice(for: id.value))",
        at: id.mark, path: path, fix: Identifier.near(id.value, Identifier.isStageID))
      return nil
    }
    return id
  }

  private func use(_ node: YAMLNode?, path: String) -> Marked<String>? {
    guard let use = reader.text(node, path: path) else { return nil }
    let parts = use.value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard words.count >= 2, words.allSatisfy({ Identifier.isStageID(String($0)) }) else {
      reader.report(
        "E041",
        "'\(use.value.quotable)' names no stage; write family.verb@version, like image.read@1",
        at: use.mark, path: path)
      return nil
    }
    if parts.count == 2, VersionRange(String(parts[1])) == nil {
      reader.report(
        "E042",
        "'\(parts[1].quotable)' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'",
        at: use.mark, path: path)
      return nil
    }
    return use
  }

  private func models(_ node: YAMLNode?, path: String) -> [String: SpecStage.Model] {
    guard let node else { return [:] }
    let fileKeys = SpecKeys.modelFile.keys.map(\.name)
    if case .mapping(let pairs) = node.content,
      !pairs.contains(where: { fileKeys.contains($0.key.value) })
    {
      var models: [String: SpecStage.Model] = [:]
      for pair in pairs {
        models[pair.key.value] = model(pair.value, path: reader.join(path, pair.key.value))
      }
      return models
    }
    return model(node, path: path).map { ["": $0] } ?? [:]
  }

  private func model(_ node: YAMLNode, path: String) -> SpecStage.Model? {
    if case .mapping = node.content {
      guard let values = reader.mapping(node, SpecKeys.modelFile, path: path) else { return nil }
      let file = reader.text(values["path"], path: "\(path).path")
      let digest = reader.text(values["sha256"], path: "\(path).sha256")
      if let digest, digest.value.count != 64 || !digest.value.allSatisfy(\.isHexDigit) {
        reader.report(
          "E051",
          "'\(path).sha256' is '\(digest.value.quotable)'; write the 64 hexadecimal digits of the file's sha256",
          at: digest.mark, path: "\(path).sha256")
        return nil
      }
      return file.map { .path($0, sha256: digest) }
    }
    guard let name = reader.text(node, path: path, expected: .model) else { return nil }
    let parts = name.value.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, Identifier.isJobName(String(parts[0])) else {
      reader.report(
        "E052",
        "'\(name.value.quotable)' names no model; write name@version, or { path: …, sha256: … }",
        at: name.mark, path: path)
      return nil
    }
    return .named(name)
  }
}

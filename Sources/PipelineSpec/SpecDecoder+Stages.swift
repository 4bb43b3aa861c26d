import YAML

extension SpecDecoder {
  /// The stages; nil when there is no list of them.
  func stages(_ node: YAMLNode?, input: SpecInput?) -> [SpecStage]? {
    guard let node else { return nil }
    guard case .sequence(let entries) = node.content else {
      reader.wrongKind(node, "a list", "stages")
      return nil
    }
    if entries.isEmpty {
      reader.report("E027", "'stages' is an empty list", at: node.mark, path: "stages")
      return nil
    }
    let stages = entries.enumerated().compactMap { stage($1, path: "stages[\($0)]") }
    checkNames(stages, input)
    for (index, stage) in stages.enumerated() {
      for connection in stage.inputs {
        check(
          connection, of: stage, stages, input, path: "stages[\(index)].in.\(connection.port.value)"
        )
      }
    }
    return stages
  }

  private func stage(_ node: YAMLNode, path: String) -> SpecStage? {
    guard let values = reader.mapping(node, SpecKeys.stage, path: path),
      let id = stageID(values["id"], path: "\(path).id"),
      let use = use(values["use"], path: "\(path).use")
    else { return nil }
    var stage = SpecStage(id: id, use: use, mark: node.mark)
    if let inputs = values["in"] {
      for pair in reader.named(inputs, path: "\(path).in") {
        if let source = reader.text(pair.value, path: "\(path).in.\(pair.key.value)") {
          stage.inputs.append(SpecStage.Connection(port: pair.key, source: source))
        }
      }
    }
    if let parameters = values["params"] {
      if case .mapping = parameters.content {
        stage.parameters = parameters
      } else {
        reader.wrongKind(parameters, "a mapping", "\(path).params")
      }
    }
    stage.models = models(values["model"], path: "\(path).model")
    return stage
  }

  private func stageID(_ node: YAMLNode?, path: String) -> Marked<String>? {
    guard let id = reader.text(node, path: path) else { return nil }
    guard Identifier.isStageID(id.value) else {
      reader.report(
        "E038",
        "the id '\(id.value)' must be letters, digits, '-' and '_', at most 64, starting with a letter",
        at: id.mark, path: path)
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
        "E041", "'\(use.value)' names no stage; write family.verb@version, like image.read@1",
        at: use.mark, path: path)
      return nil
    }
    if parts.count == 2, VersionRangeSyntax.isWrong(String(parts[1])) {
      reader.report(
        "E042",
        "'\(parts[1])' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'",
        at: use.mark, path: path)
      return nil
    }
    return use
  }

  private func models(_ node: YAMLNode?, path: String) -> [String: SpecStage.Model] {
    guard let node else { return [:] }
    if case .mapping(let pairs) = node.content, !pairs.contains(where: { $0.key.value == "path" }) {
      var models: [String: SpecStage.Model] = [:]
      for pair in pairs {
        models[pair.key.value] = model(pair.value, path: "\(path).\(pair.key.value)")
      }
      return models
    }
    return model(node, path: path).map { ["": $0] } ?? [:]
  }

  private func model(_ node: YAMLNode, path: String) -> SpecStage.Model? {
    if case .mapping = node.content {
      guard let values = reader.mapping(node, SpecKeys.modelFile, path: path),
        let file = reader.text(values["path"], path: "\(path).path")
      else { return nil }
      let digest = reader.text(values["sha256"], path: "\(path).sha256")
      if let digest, digest.value.count != 64 || !digest.value.allSatisfy(\.isHexDigit) {
        reader.report(
          "E051", "'\(path).sha256' is '\(digest.value)'; a sha256 is 64 hexadecimal digits",
          at: digest.mark, path: "\(path).sha256")
        return nil
      }
      return .path(file, sha256: digest)
    }
    guard let name = reader.text(node, path: path) else { return nil }
    let parts = name.value.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, Identifier.isJobName(String(parts[0])) else {
      reader.report(
        "E052", "'\(name.value)' names no model; write name@version, or { path: …, sha256: … }",
        at: name.mark, path: path)
      return nil
    }
    return .named(name)
  }

  private func checkNames(_ stages: [SpecStage], _ input: SpecInput?) {
    var seen: [String: SourceMark] = [:]
    for (index, stage) in stages.enumerated() {
      let id = stage.id
      if let first = seen[id.value] {
        reader.report(
          "E039", "two stages are called '\(id.value)'", at: id.mark, path: "stages[\(index)].id",
          notes: [Diagnostic.Note("the first is here", at: first)])
      }
      seen[id.value] = seen[id.value] ?? id.mark
      if let input, input.name.value == id.value {
        reader.report(
          "E040", "the stage '\(id.value)' has the name of the input", at: id.mark,
          path: "stages[\(index)].id", notes: [Diagnostic.Note("the input", at: input.name.mark)])
      }
    }
  }

  private func check(
    _ connection: SpecStage.Connection, of stage: SpecStage, _ stages: [SpecStage],
    _ input: SpecInput?, path: String
  ) {
    let source = connection.source
    let parts = source.value.split(separator: ".", omittingEmptySubsequences: false).map(
      String.init)
    let ids = stages.map(\.id.value)
    if parts.count == 1 {
      if input?.name.value == parts[0] { return }
      guard let input else {
        return reader.report(
          "E047", "'\(source.value)' would be an input, but the spec has no 'input:'",
          at: source.mark, path: path)
      }
      let isStage = ids.contains(parts[0])
      let near = Suggestion.nearest(to: parts[0], among: [input.name.value])
      let advice =
        isStage
        ? "; to read from the stage, name its port: '\(parts[0]).PORT'"
        : near.map { "; did you mean '\($0)'?" } ?? "; the input is '\(input.name.value)'"
      return reader.report(
        "E046", "there is no input '\(parts[0])'\(advice)", at: source.mark, path: path, fix: near)
    }
    guard parts.count == 2, parts.allSatisfy({ Identifier.isStageID($0) }) else {
      return reader.report(
        "E043",
        "'\(source.value)' connects to nothing; write 'stage.port' or the name of the input",
        at: source.mark, path: path)
    }
    if parts[0] == stage.id.value {
      return reader.report(
        "E045", "the stage '\(parts[0])' reads from itself", at: source.mark, path: path)
    }
    if !ids.contains(parts[0]) {
      let near = Suggestion.nearest(to: parts[0], among: ids)
      let advice =
        near.map { "; did you mean '\($0)'?" } ?? "; there are \(ids.joined(separator: ", "))"
      reader.report(
        "E044", "there is no stage '\(parts[0])'\(advice)", at: source.mark, path: path,
        fix: near.map { "\($0).\(parts[1])" })
    }
  }
}

/// Whether a text can be a range of versions; the planner reads it for real.
enum VersionRangeSyntax {
  static func isWrong(_ text: String) -> Bool {
    let terms = text.split(separator: " ")
    return terms.isEmpty || terms.contains { !isTerm($0) }
  }

  private static func isTerm(_ term: Substring) -> Bool {
    let operators = [">=", "<=", ">", "<", "=", "^", "~"]
    let number = operators.first { term.hasPrefix($0) }.map { term.dropFirst($0.count) } ?? term
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && Int($0) != nil }
  }
}

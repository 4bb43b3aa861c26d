import FileNames
import YAML

extension SpecDecoder {
  /// The input and the names of all that are written; the names are nil when there is no `input:`.
  func input(_ node: YAMLNode?) -> (input: SpecInput?, names: [Marked<String>]?) {
    guard let node else { return (nil, nil) }
    let pairs = reader.named(node, path: "input")
    if case .mapping = node.content, pairs.isEmpty {
      reader.report(
        "E027", "'input' names no input; write one, like 'photos: { dir: samples }'", at: node.mark,
        path: "input")
    }
    if let second = pairs.dropFirst().first, let first = pairs.first {
      reader.report(
        "E053",
        "a spec has one input, and '\(second.key.value.quotable)' is a second one; keep one of them",
        at: second.key.mark,
        path: reader.join("input", second.key.value),
        notes: [Diagnostic.Note("the first is '\(first.key.value.quotable)'", at: first.key.mark)])
    }
    return (pairs.map(input).first ?? nil, pairs.map(\.key))
  }

  private func input(_ pair: YAMLNode.Pair) -> SpecInput? {
    let path = reader.join("input", pair.key.value)
    guard Identifier.isStageID(pair.key.value) else {
      reader.report(
        "E038",
        "'\(pair.key.value.quotable)' can't name an input: names are \(Identifier.advice(for: pair.key.value))",
        at: pair.key.mark, path: path,
        fix: Identifier.near(pair.key.value, Identifier.isStageID))
      return nil
    }
    var table = SpecKeys.input
    table.place = "the input '\(pair.key.value)'"
    guard let values = reader.mapping(pair.value, table, path: path) else { return nil }
    let glob = glob(values["glob"], path: "\(path).glob")
    let exclude = excluded(values["exclude"], path: "\(path).exclude")
    let sources = ["dir", "files", "list", "count"].filter { values[$0] != nil }
    if sources.isEmpty {
      reader.report(
        "E048",
        "the input '\(pair.key.value)' doesn't say where its items come from; add one of dir, files, list and count",
        at: pair.key.mark, path: path)
      return nil
    }
    if sources.count > 1 {
      reader.report(
        "E049",
        "the input '\(pair.key.value)' has \(sources.count) sources of items: \(sources.joined(separator: ", ")); keep one",
        at: pair.key.mark, path: path)
      return nil
    }
    for (key, verb) in [("glob", "picks"), ("exclude", "leaves out")] {
      guard let node = values[key], values["dir"] == nil else { continue }
      reader.report(
        "E050", "'\(key)' \(verb) files below 'dir', and there is no 'dir'; delete it",
        at: node.mark, path: "\(path).\(key)")
    }
    return selection(sources[0], values, path, glob: glob, exclude: exclude).map {
      SpecInput(name: pair.key, selection: $0)
    }
  }

  private func glob(_ node: YAMLNode?, path: String) -> Marked<String>? {
    guard let glob = reader.text(node, path: path) else { return nil }
    let length = glob.value.count
    guard length <= SpecBounds.globLength else {
      reader.report(
        "E028",
        "'\(path)' has \(length) characters; a glob has at most \(SpecBounds.globLength)",
        at: glob.mark, path: path)
      return nil
    }
    if glob.value.hasPrefix("/") || glob.value.split(separator: "/").contains("..") {
      reader.report(
        "E059",
        "the glob '\(glob.value.quotable)' leads out of 'dir'; write it relative to 'dir' and without '..'",
        at: glob.mark, path: path)
    }
    return glob
  }

  /// One glob, or a list of them.
  private func excluded(_ node: YAMLNode?, path: String) -> [Marked<String>] {
    guard let node else { return [] }
    guard case .sequence(let items) = node.content else {
      return [glob(node, path: path)].compactMap(\.self)
    }
    return items.enumerated().compactMap { glob($1, path: "\(path)[\($0)]") }
  }

  private func selection(
    _ source: String, _ values: [String: YAMLNode], _ path: String, glob: Marked<String>?,
    exclude: [Marked<String>]
  ) -> SpecInput.Selection? {
    let place = "\(path).\(source)"
    switch source {
    case "dir":
      return reader.text(values[source], path: place).map {
        .directory($0, glob: glob, exclude: exclude)
      }
    case "list": return reader.text(values[source], path: place).map { .list($0) }
    case "count":
      return reader.whole(values[source], 1...100_000_000, path: place).map { .count($0) }
    default: return files(values[source], place)
    }
  }

  private func files(_ node: YAMLNode?, _ path: String) -> SpecInput.Selection? {
    guard let node, case .sequence(let items) = node.content else {
      if let node { reader.wrongKind(node, .list, path) }
      return nil
    }
    if items.isEmpty {
      reader.report(
        "E027", "'\(path)' is an empty list; it needs at least one entry", at: node.mark, path: path
      )
      return nil
    }
    var seen: [FileName: SourceMark] = [:]
    var files: [Marked<String>] = []
    for (index, item) in items.enumerated() {
      guard let file = reader.text(item, path: "\(path)[\(index)]") else { continue }
      let name = FileName(file.value)
      if let first = seen[name] {
        reader.report(
          "E055", "the file '\(file.value.quotable)' is listed twice; delete one", at: file.mark,
          path: "\(path)[\(index)]", notes: [Diagnostic.Note("the first is here", at: first)])
      }
      seen[name] = file.mark
      files.append(file)
    }
    return .files(files)
  }
}

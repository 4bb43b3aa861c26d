import YAML

/// What tasks have besides other stages: checkpoints, and a model that they make.
extension SpecDecoder {
  func checkpoint(_ node: YAMLNode?, path: String) -> SpecCheckpoint? {
    guard let node, let values = reader.mapping(node, SpecKeys.checkpoint, path: path) else {
      return nil
    }
    return SpecCheckpoint(
      everySteps: steps(values["every"], path: "\(path).every"),
      keep: reader.whole(values["keep"], 1...1000, path: "\(path).keep"), mark: node.mark)
  }

  /// The count of `500 steps`.
  private func steps(_ node: YAMLNode?, path: String) -> Marked<Int>? {
    guard let node else { return nil }
    if case .int(let number) = node.content {
      reader.report(
        "E060",
        "'\(path)' is the bare number \(number); write what is counted, like \(max(1, number)) steps",
        at: node.mark, path: path, fix: "\(max(1, number)) steps")
      return nil
    }
    guard let word = reader.text(node, path: path, expected: .steps) else { return nil }
    let parts = word.value.split(separator: " ")
    guard parts.count == 2, parts[1] == "steps" || parts[1] == "step",
      parts[0].allSatisfy({ ("0"..."9").contains($0) }), let amount = Double(parts[0]), amount > 0
    else {
      reader.report(
        "E060",
        "'\(path)' is '\(word.value.quotable)', which is not a count of steps; write one like 500 steps",
        at: word.mark, path: path)
      return nil
    }
    guard let count = Int(parts[0]), SpecBounds.steps.contains(count) else {
      reader.report(
        "E028",
        "'\(path)' is \(word.value.quotable); it must be from 1 to \(SpecBounds.steps.upperBound) steps",
        at: word.mark, path: path)
      return nil
    }
    return Marked(count, at: word.mark)
  }

  /// `NAME` or `NAME@VERSION`.
  func outputModel(_ node: YAMLNode?) -> SpecOutputModel? {
    let path = "output.model"
    guard let word = reader.text(node, path: path, expected: .modelName) else { return nil }
    let parts = word.value.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), parts.allSatisfy(Identifier.isJobName) else {
      reader.report(
        "E061",
        "'\(word.value.quotable)' can't be a model's name; write NAME, or NAME@VERSION, each of letters, digits, '-', '_' and '.', at most 64, a letter or digit first",
        at: word.mark, path: path)
      return nil
    }
    return SpecOutputModel(
      name: parts[0], version: parts.count == 2 ? parts[1] : nil, mark: word.mark)
  }
}

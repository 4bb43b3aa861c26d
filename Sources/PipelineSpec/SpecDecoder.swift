import YAML

/// Turns a composed document into a spec, gathering every fault on the way.
struct SpecDecoder {
  let reader = SpecReader()

  /// The spec; nil when too little of it could be read to go on.
  func decode(_ root: YAMLNode) -> PipelineSpec? {
    guard let values = reader.mapping(root, SpecKeys.top, path: "") else { return nil }
    checkVersion(values["version"])
    let name = name(values["name"])
    let input = input(values["input"])
    let stages = stages(values["stages"], inputs: input.names)
    var spec = PipelineSpec(name: name ?? Marked("unnamed", at: root.mark), stages: stages ?? [])
    spec.priority = reader.whole(values["priority"], -1000...1000, path: "priority")
    spec.hold = reader.boolean(values["hold"], path: "hold")
    spec.input = input.input
    spec.output = output(values["output"])
    spec.itemsPerShard = shards(values["shards"])
    spec.limits = limits(values["limits"])
    spec.retry = retry(values["retry"])
    spec.maxFailedItems = allowance(values["errors"])
    spec.seed = seed(values["seed"])
    return name == nil || stages == nil ? nil : spec
  }

  private func checkVersion(_ node: YAMLNode?) {
    guard let node else { return }
    guard case .int(let number) = node.content else {
      return reader.wrongKind(node, .one, "version")
    }
    if number != 1 {
      reader.report(
        "E025", "this Lattice reads specs of version 1, not \(number); write 'version: 1'",
        at: node.mark,
        path: "version")
    }
  }

  private func name(_ node: YAMLNode?) -> Marked<String>? {
    guard let name = reader.text(node, path: "name") else { return nil }
    guard Identifier.isJobName(name.value) else {
      let near = Identifier.near(name.value, Identifier.isJobName)
      reader.report(
        "E026",
        "'\(name.value.quotable)' can't be a name: names are letters, digits, '-', '_' and '.', at most 64, a letter or digit first"
          + (near.map { "; write '\($0)'" } ?? ""),
        at: name.mark, path: "name", fix: near)
      return nil
    }
    return name
  }

  private func seed(_ node: YAMLNode?) -> Marked<UInt64>? {
    if let node, case .int(let number) = node.content, number < 0 {
      reader.report(
        "E057", "'seed' is \(number); a seed is a whole number from 0", at: node.mark, path: "seed")
      return nil
    }
    return reader.whole(node, 0...Int.max, path: "seed").map {
      Marked(UInt64($0.value), at: $0.mark)
    }
  }

  private func output(_ node: YAMLNode?) -> SpecOutput? {
    guard let node, let values = reader.mapping(node, SpecKeys.output, path: "output") else {
      return nil
    }
    var output = SpecOutput()
    output.directory = reader.text(values["dir"], path: "output.dir")
    output.existing = reader.choice(
      values["exists"], ["error", "skip", "replace"], path: "output.exists")
    output.model = outputModel(values["model"])
    return output
  }

  private func shards(_ node: YAMLNode?) -> Marked<Int>? {
    guard let node, let values = reader.mapping(node, SpecKeys.shards, path: "shards") else {
      return nil
    }
    return reader.whole(values["items"], 1...1_000_000, path: "shards.items")
  }

  private func limits(_ node: YAMLNode?) -> SpecLimits {
    var limits = SpecLimits()
    guard let node, let values = reader.mapping(node, SpecKeys.limits, path: "limits") else {
      return limits
    }
    limits.cpus = reader.whole(values["cpus"], 1...1024, path: "limits.cpus")
    limits.memoryBytes = reader.size(values["memory"], path: "limits.memory")
    limits.timeSeconds = reader.duration(values["time"], path: "limits.time")
    limits.stallSeconds = reader.duration(values["stall"], path: "limits.stall")
    limits.batch = reader.whole(values["batch"], 1...65_536, path: "limits.batch")
    return limits
  }

  private func retry(_ node: YAMLNode?) -> SpecRetry {
    var retry = SpecRetry()
    guard let node, let values = reader.mapping(node, SpecKeys.retry, path: "retry") else {
      return retry
    }
    retry.attempts = reader.whole(values["attempts"], 1...100, path: "retry.attempts")
    retry.backoff = backoff(values["backoff"])
    return retry
  }

  private func backoff(_ node: YAMLNode?) -> Marked<ClosedRange<Double>>? {
    guard let word = reader.text(node, path: "retry.backoff", expected: .backoff) else {
      return nil
    }
    let ends = word.value.split(separator: ".", omittingEmptySubsequences: false)
    let parts = ends.count >= 3 ? splitRange(word.value) : nil
    guard let parts, let first = try? Units.seconds(parts.0),
      let longest = try? Units.seconds(parts.1)
    else {
      reader.report(
        "E033",
        "'retry.backoff' is '\(word.value.quotable)'; write the first and the longest pause, like 10s..5m",
        at: word.mark, path: "retry.backoff")
      return nil
    }
    guard SpecBounds.pause.range.contains(first), SpecBounds.pause.range.contains(longest) else {
      return reader.outOfRange(word, SpecBounds.pause, "retry.backoff")
    }
    guard first <= longest else {
      reader.report(
        "E034",
        "'retry.backoff' starts with \(parts.0), longer than its longest pause \(parts.1); write '\(parts.1)..\(parts.0)'",
        at: word.mark, path: "retry.backoff", fix: "\(parts.1)..\(parts.0)")
      return nil
    }
    return Marked(first...longest, at: word.mark)
  }

  /// The texts on both sides of `..`.
  private func splitRange(_ text: String) -> (String, String)? {
    var start = text.startIndex
    while start < text.endIndex {
      if text[start...].hasPrefix("..") {
        return (String(text[..<start]), String(text[start...].dropFirst(2)))
      }
      start = text.index(after: start)
    }
    return nil
  }

  /// The share that somebody may have meant: 0.05 is 5%, and what is more than one is taken for percents.
  private static func share(_ number: Double) -> String {
    guard (0...100).contains(number) else { return "1%" }
    let percent = ((number <= 1 ? number * 100 : number) * 1e6).rounded() / 1e6
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }

  private func allowance(_ node: YAMLNode?) -> Marked<SpecFailureAllowance>? {
    let path = "errors.max_failed_items"
    guard let node, let values = reader.mapping(node, SpecKeys.errors, path: "errors"),
      let value = values["max_failed_items"]
    else { return nil }
    if case .int = value.content {
      return reader.whole(value, SpecBounds.failures, path: path).map {
        Marked(.count($0.value), at: $0.mark)
      }
    }
    if case .double(let number) = value.content, number.isFinite {
      let share = Self.share(number)
      reader.report(
        "E035",
        "'\(path)' is \(number); write a whole number of items, or a share such as \(share)",
        at: value.mark, path: path, fix: share)
      return nil
    }
    guard let word = reader.text(value, path: path, expected: .allowance) else { return nil }
    let digits = word.value.dropLast()
    guard word.value.hasSuffix("%"), digits.allSatisfy({ "+-.0123456789".contains($0) }),
      let share = Double(digits)
    else {
      reader.report(
        "E035",
        "'\(path)' is '\(word.value.quotable)'; write a whole number of items, or a share such as 1%",
        at: word.mark, path: path)
      return nil
    }
    guard (0...100).contains(share) else {
      reader.report(
        "E036", "'\(path)' is \(word.value.quotable); it must be from 0% to 100%",
        at: word.mark,
        path: path)
      return nil
    }
    return Marked(.percent(share), at: word.mark)
  }
}

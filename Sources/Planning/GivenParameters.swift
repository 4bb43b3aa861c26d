package import JobModel
package import PipelineSpec
import YAML

/// Parameters that a command was given as a JSON object, without a spec around them.
package enum GivenParameters {
  /// What is wrong with them, in the words of `lattice check`; what is missing is nobody's fault yet.
  ///
  /// - Parameters:
  ///   - text: A JSON object.
  ///   - stage: The stage that gets them.
  ///   - base: Absolute folder that relative paths are meant from.
  /// - Returns: A diagnostic for each fault, in the order in which they were found.
  package static func faults(
    _ text: String, of stage: StageDescription, base: String
  ) -> [Diagnostic] {
    let composed = YAMLComposer.compose(Array(text.utf8))
    let start = SourceMark(line: 1, column: 1)
    if let fault = composed.faults.first {
      return [Diagnostic("E001", "\(fault.message)", at: fault.mark)]
    }
    var use = SpecStage(
      id: Marked(stage.id, at: start), use: Marked(stage.id, at: start), mark: start)
    use.parameters = composed.root
    var check = ParameterCheck(use, stage, base: base)
    _ = check.complete()
    let prefix = "\(stage.id).params."
    let given: Set<String> =
      if case .mapping(let pairs)? = composed.root?.content {
        Set(pairs.map(\.key.value))
      } else { [] }
    return check.faults.filter { fault in
      guard fault.code == "E124", let path = fault.path, path.hasPrefix(prefix) else { return true }
      let name = path.dropFirst(prefix.count).prefix { $0 != "." && $0 != "[" }
      return given.contains(String(name))
    }
  }
}

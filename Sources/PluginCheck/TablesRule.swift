import JobModel
import StageHost

/// What the tables say, beyond what the host needs to load them at all.
enum TablesRule {
  static func check(_ library: StageLibrary) throws -> Findings {
    let module = try library.describe()
    var findings = Findings()
    findings.prefer(!module.vendor.isEmpty, "the module names no vendor")
    findings.prefer(!module.license.isEmpty, "the module names no license; give an SPDX identifier")
    findings.expect(
      module.minHostMinor <= module.abiMinor,
      "the module needs a host of minor \(module.minHostMinor), but was built against \(module.abiMinor)"
    )
    findings.faults += module.brokenStages.map { "stage '\($0.id)' can't be used: \($0.reason)" }
    for stage in module.stages { check(stage, &findings) }
    return findings
  }

  private static func check(_ stage: StageDescription, _ findings: inout Findings) {
    let name = "stage '\(stage.id)'"
    findings.expect(
      isID(stage.id),
      "\(name): an id is words of a-z, 0-9 and - joined by dots, such as 'family.verb'")
    findings.prefer(!stage.summary.isEmpty, "\(name) has no summary")
    for port in stage.inputs + stage.outputs {
      findings.prefer(
        !port.doc.isEmpty, "port '\(port.name)' of \(name) has no line of documentation")
      if let batch = port.dimensions?.first, batch != .named("N") {
        findings.expect(
          batch == .any, "port '\(port.name)' of \(name): the first size is the batch, called N")
      }
      findings.expect(
        port.isFile || port.dimensions?.isEmpty != true,
        "port '\(port.name)' of \(name) has rank 0; the first size is the batch")
    }
    findings.expect(
      !stage.outputs.contains(where: \.isFile), "\(name) has a file port among its outputs")
    switch stage.kind {
    case .source:
      findings.expect(!stage.outputs.isEmpty, "\(name) is a source and has no output")
    case .map:
      findings.expect(
        !stage.outputs.isEmpty && !stage.inputs.isEmpty,
        "\(name) is a map and lacks input or output")
    case .sink:
      findings.expect(!stage.inputs.isEmpty, "\(name) is a sink and has no input")
      findings.expect(stage.outputs.isEmpty, "\(name) is a sink and has outputs")
    case .task:
      findings.expect(stage.outputs.isEmpty, "\(name) is a task and has outputs")
    }
    if !stage.hasCheck { requireKnownSizes(stage, name, &findings) }
  }

  /// Without a `check`, each name of an output's size must be one of an input's.
  private static func requireKnownSizes(
    _ stage: StageDescription, _ name: String, _ findings: inout Findings
  ) {
    let known = stage.inputDimensionNames
    for port in stage.outputs {
      findings.prefer(
        port.dimensions != nil,
        "'\(port.name)' of \(name) has any rank and the stage no check to tell its size")
      for case .named(let size) in (port.dimensions ?? []).dropFirst() where !known.contains(size) {
        findings.warnings.append(
          "size \(size) of '\(port.name)' of \(name) is no input's, and the stage has no check to tell it"
        )
      }
    }
  }

  private static func isID(_ id: String) -> Bool {
    let words = id.split(separator: ".", omittingEmptySubsequences: false)
    return words.count >= 2
      && words.allSatisfy { word in
        !word.isEmpty
          && word.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
              || $0 == UInt8(ascii: "_")
          }
      }
  }
}

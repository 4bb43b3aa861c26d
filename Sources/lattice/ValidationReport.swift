import FileNames
import JobModel

/// How a plugin fared under all rules.
struct ValidationReport: Encodable {
  var path: String
  var results: [RuleResult] = []

  /// True when no rule was broken.
  var holds: Bool { results.allSatisfy { $0.verdict != .failed } }

  var summary: String {
    func count(_ verdict: RuleResult.Verdict) -> Int {
      results.count { $0.verdict == verdict }
    }
    return
      "\(path): \(count(.passed)) passed, \(count(.failed)) failed, \(count(.skipped)) skipped"
  }

  /// A result as lines of text.
  static func text(_ result: RuleResult) -> String {
    let verdict =
      switch result.verdict {
      case .passed: Terminal.output.styled("ok     ", .green)
      case .failed: Terminal.output.styled("FAILED ", .red)
      case .skipped: Terminal.output.styled("skipped", .dim)
      }
    let name = [result.stage, result.rule.rawValue].compactMap(\.self).joined(separator: " ")
    let note = result.note.map { "  (\($0))" } ?? ""
    let lines =
      ["\(verdict)  \(name)\(note)"] + result.faults.map { "           \($0)" }
      + result.warnings.map { "           warning: \($0)" }
    return lines.map { "\($0)\n" }.joined()
  }

  /// A report in the form that most test tools read.
  var junit: String {
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
    let seconds = results.reduce(0) { $0 + $1.seconds }
    let failed = results.count { $0.verdict == .failed }
    let skipped = results.count { $0.verdict == .skipped }
    lines.append(
      #"<testsuite name="\#(Self.escaped(path))" tests="\#(results.count)" failures="\#(failed)" skipped="\#(skipped)" time="\#(seconds)">"#
    )
    for result in results {
      let name = Self.escaped(result.rule.rawValue)
      let group = Self.escaped(result.stage ?? "module")
      lines.append(#"  <testcase classname="\#(group)" name="\#(name)" time="\#(result.seconds)">"#)
      if result.verdict == .failed {
        let faults = result.faults.map(Self.escaped)
        lines.append(
          #"    <failure message="\#(faults.first ?? "")">\#(faults.joined(separator: "\n"))</failure>"#
        )
      }
      if result.verdict == .skipped {
        lines.append(#"    <skipped message="\#(Self.escaped(result.note ?? ""))"/>"#)
      }
      lines.append("  </testcase>")
    }
    return (lines + ["</testsuite>"]).joined(separator: "\n")
  }

  /// Text for XML 1.0: markup quoted, characters that it can't hold written out.
  private static func escaped(_ text: String) -> String {
    text.shownLines.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

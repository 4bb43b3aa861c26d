import Foundation
import JobModel
import LatticeDriver

/// Options of the commands that look at jobs: `ps`, `show`, `logs`, `wait`.
enum ReadingCases {
  static let all = ps + show + logs + wait

  private static let ps = [
    OptionCase(
      command: "ps", option: "--spool", base: [], adds: ["--spool", "{spool}"], kind: .frozen
    ) { $0.status == 0 && $0.lines.count == 14 },
    OptionCase(command: "ps", option: "--json", base: [], adds: ["--json"], kind: .frozen) {
      let names = $0.list.compactMap { $0["name"] as? String }
      return names.count == 13 && Set(names).isSuperset(of: ["held", "runs", "waits"])
    },
    // Twelve have ended; `old-1` and `old-2` are not among the ten that ended last.
    OptionCase(command: "ps", option: "--all", base: ["--json"], adds: ["--all"], kind: .frozen) {
      $0.list.count == 15
    },
    OptionCase(
      command: "ps", option: "--state", base: ["--json"], adds: ["--state", "failed"], kind: .frozen
    ) { Set($0.list.compactMap { $0["name"] as? String }) == ["bad", "crash"] },
    OptionCase(command: "ps", option: "--outputs", base: [], adds: ["--outputs"], kind: .frozen) {
      let bad = try $0.scene.job("bad")
      return $0.data.contains("\nbad\n  results  \(bad.outputs)\n  report   \(bad.report)\n")
    },
  ]

  private static let show = [
    OptionCase(
      command: "show", option: "--spool", base: ["good"], adds: ["--spool", "{spool}"],
      kind: .frozen
    ) { $0.status == 0 && $0.data.hasPrefix("good  succeeded  (") },
    OptionCase(command: "show", option: "--json", base: ["part"], adds: ["--json"], kind: .frozen) {
      ($0.members["job"] as? [String: Any])?["state"] as? String == "partial"
    },
    OptionCase(
      command: "show", option: "--events", base: ["part"], adds: ["--events"], kind: .frozen
    ) {
      $0.lines.suffix(3).map { $0.split(separator: "  ").last }
        == ["submitted with 2 items", "started", "1 of 2 items failed"]
    },
  ]

  private static let logs = [
    OptionCase(
      command: "logs", option: "--spool", base: ["good"], adds: ["--spool", "{spool}"],
      kind: .frozen
    ) { $0.status == 0 && $0.lines.count == 2 },
    OptionCase(command: "logs", option: "--json", base: ["good"], adds: ["--json"], kind: .frozen) {
      $0.lines.allSatisfy { $0.hasPrefix("{\"level\":\"info\",\"message\":\"") }
    },
    OptionCase(
      command: "logs", option: "--follow", base: ["held"], adds: ["--follow"], kind: .frozen,
      course: .goesOn
    ) { $0.status == 0 },
    OptionCase(
      command: "logs", option: "--stage", base: ["part"], adds: ["--stage", "read"], kind: .frozen
    ) { $0.lines.count == 1 && $0.data.contains(" error read 1.1 [bad.npy] ") },
    OptionCase(
      command: "logs", option: "--item", base: ["part"], adds: ["--item", "bad.npy"], kind: .frozen
    ) { $0.lines.count == 1 && $0.data.contains(" [bad.npy] ") },
    OptionCase(
      command: "logs", option: "--shard", base: ["part"], adds: ["--shard", "0"], kind: .frozen
    ) { $0.lines.count == 2 && $0.lines.allSatisfy { $0.contains(" worker 0.1 ") } },
    OptionCase(
      command: "logs", option: "--attempt", base: ["crash"], adds: ["--attempt", "2"], kind: .frozen
    ) { $0.lines.count == 1 && $0.data.contains(" worker 1.2 attempt 2 at shard 1 begins") },
    OptionCase(
      command: "logs", option: "--since", base: ["good"], adds: ["--since", "0s"],
      instead: ["--since", "1h"], kind: .frozen
    ) { $0.status == 0 && $0.lines.isEmpty },
    OptionCase(
      command: "logs", option: "--tail", base: ["part"], adds: ["--tail", "2"], kind: .frozen
    ) {
      $0.lines.count == 2 && $0.lines.last?.contains("is published") == true
        && $0.talk == "(3 earlier lines left out; --tail shows the last 2)\n"
    },
    OptionCase(
      command: "logs", option: "--stderr", base: ["crash"], adds: ["--stderr"], kind: .frozen
    ) {
      $0.data.contains("--- shard-0001/attempt-1/stderr.txt\n")
        && $0.data.contains("--- shard-0001/attempt-2/stderr.txt\n")
        && !$0.data.contains("shard-0000")
    },
  ]

  private static let wait = [
    OptionCase(
      command: "wait", option: "--spool", base: ["bad"], adds: ["--spool", "{spool}"],
      kind: .frozen
    ) { $0.status == 1 },
    OptionCase(
      command: "wait", option: "--json", base: ["bad", "good"], adds: ["--json"], kind: .frozen
    ) { $0.status == 1 && $0.list.map { $0["name"] as? String } == ["bad", "good"] },
    OptionCase(
      command: "wait", option: "--all", base: ["good", "-q"], adds: ["--all"], kind: .frozen,
      course: .goesOn
    ) { $0.status == 0 },
    OptionCase(
      command: "wait", option: "--expect", base: ["--all", "-q"], adds: ["--expect", "13"],
      instead: ["--expect", "12"], kind: .ended, course: .goesOn
    ) { $0.status == 1 },
    OptionCase(
      command: "wait", option: "--timeout", base: ["held", "runs", "good", "-q"],
      adds: ["--timeout", "300ms"], instead: ["--timeout", "1h"], kind: .frozen, course: .stops
    ) { $0.status == 5 && $0.talk == "time is up: 2 jobs have not ended\n" },
    OptionCase(
      command: "wait", option: "--quiet", base: ["good"], adds: ["--quiet"], kind: .frozen
    ) { $0.status == 0 && $0.talk.isEmpty },
  ]
}

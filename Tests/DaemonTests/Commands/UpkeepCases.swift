import Foundation
import JobModel
import LatticeDriver

/// Options of `doctor` and `gc`.
enum UpkeepCases {
  static let all = doctor + gc

  private static let doctor = [
    OptionCase(
      command: "doctor", option: "--spool", base: [], adds: ["--spool", "{spool}"], kind: .frozen
    ) { $0.lines.first == $0.scene.filled("ok    spool {spool}") },
    OptionCase(
      command: "doctor", option: "--plugins", base: [], adds: ["--plugins", "broken"], kind: .copy,
      prepare: { try $0.write("broken/bad.stage.so", "no library") }
    ) {
      $0.status == 1
        && $0.data.contains("bad   broken plugin \($0.scene.path("broken/bad.stage.so"))\n")
    },
    OptionCase(command: "doctor", option: "--json", base: [], adds: ["--json"], kind: .frozen) {
      $0.list.first?["what"] as? String == $0.scene.filled("spool {spool}")
    },
    OptionCase(
      command: "doctor", option: "--repair", base: [], adds: ["--repair"], kind: .copy,
      prepare: { scene in
        for name in ["lattice.db", "lattice.db-wal", "lattice.db-shm"] {
          try? FileManager.default.removeItem(atPath: scene.path("spool/\(name)"))
        }
      }
    ) {
      $0.lines.first?.hasPrefix("ok    made the journal again of ") == true
        && $0.scene.exists("spool/lattice.db")
    },
  ]

  private static func names(_ run: OptionCase.Run) -> Set<String> {
    Set(run.list.compactMap { $0["name"] as? String })
  }

  private static let gc = [
    OptionCase(
      command: "gc", option: "--spool", base: ["--older", "30d"], adds: ["--spool", "{spool}"],
      kind: .copy
    ) { $0.status == 0 && $0.data.hasPrefix("removed 7 jobs (") },
    OptionCase(
      command: "gc", option: "--json", base: ["--older", "7d"], adds: ["--json"], kind: .copy
    ) { names($0) == ["gone", "old-1", "old-2", "old-3", "old-4", "old-5", "old-6", "old-7"] },
    OptionCase(
      command: "gc", option: "--older", base: ["--json"], adds: ["--older", "1d"],
      instead: ["--older", "1h"], kind: .copy
    ) { names($0).contains("part") && names($0).contains("gone") && !names($0).contains("bad") },
    OptionCase(
      command: "gc", option: "--keep-failed", base: ["--json", "--older", "1h"],
      adds: ["--keep-failed"], kind: .copy
    ) {
      names($0).isDisjoint(with: ["bad", "crash"]) && names($0).isSuperset(of: ["part", "gone"])
    },
    OptionCase(
      command: "gc", option: "--dry-run", base: ["--older", "1h"], adds: ["--dry-run"], kind: .copy
    ) {
      try $0.data.hasPrefix("would remove 11 jobs (") && $0.scene.exists("spool/rejected/old.yaml")
        && FileManager.default.fileExists(atPath: $0.scene.job("bad").result)
    },
  ]
}

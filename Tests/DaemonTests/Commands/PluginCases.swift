import Foundation
import LatticeDriver

/// Options of `plugin …`.
enum PluginCases {
  static let all = new + list + inspect + validate + bench + run

  private static let invert = "plugins/invert.stage.so"
  private static let kept = "plugins/kept.stage.so"

  private static let new = [
    OptionCase(
      command: "plugin new", option: "--lang", base: ["mine"], adds: ["--lang", "c"],
      instead: ["--lang", "cpp"]
    ) {
      $0.status == 0 && $0.data == "\($0.scene.path("mine"))\n"
        && $0.scene.names("mine").contains { $0.hasSuffix(".c") }
    },
    OptionCase(
      command: "plugin new", option: "--kind", base: ["mine", "--lang", "c"],
      adds: ["--kind", "source"]
    ) { $0.status == 0 && $0.talk.hasPrefix("made a source stage; now: cd mine") },
  ]

  private static let list = [
    OptionCase(command: "plugin list", option: "--spool", base: [], adds: ["--spool", "{spool}"]) {
      $0.status == 0 && $0.lines.contains { $0.hasPrefix("kept.value ") }
    },
    OptionCase(
      command: "plugin list", option: "--plugins", base: [], adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.lines.contains { $0.hasPrefix("example.invert ") } },
    OptionCase(command: "plugin list", option: "--json", base: [], adds: ["--json"]) { run in
      run.list.contains { file in
        ((file["file"] as? [String: Any])?["path"] as? String)?.hasSuffix("/kept.stage.so") == true
      }
    },
  ]

  private static let inspect = [
    OptionCase(
      command: "plugin inspect", option: "--spool", base: ["kept.value"],
      adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && $0.lines.first == "kept.value 1.0.0  (source)" },
    OptionCase(
      command: "plugin inspect", option: "--plugins", base: ["example.invert"],
      adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.lines.first == "example.invert 1.0.0  (map)" },
    OptionCase(command: "plugin inspect", option: "--json", base: [invert], adds: ["--json"]) {
      ($0.members["file"] as? [String: Any])?["path"] as? String
        == $0.scene.path("plugins/invert.stage.so")
    },
  ]

  private static func stages(_ run: OptionCase.Run) -> [String] {
    (run.members["results"] as? [[String: Any]] ?? []).compactMap { $0["stage"] as? String }
  }

  /// The notes of the rules that were tried.
  private static func notes(_ run: OptionCase.Run) -> [String] {
    (run.members["results"] as? [[String: Any]] ?? []).compactMap { $0["note"] as? String }
  }

  private static let validate = [
    OptionCase(
      command: "plugin validate", option: "--spool", base: ["kept.value", "--rule", "schema"],
      adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && $0.data == "ok       kept.value schema\n" },
    OptionCase(
      command: "plugin validate", option: "--plugins",
      base: ["example.invert", "--rule", "schema"],
      adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.data == "ok       example.invert schema\n" },
    OptionCase(
      command: "plugin validate", option: "--json", base: [invert, "--rule", "schema"],
      adds: ["--json"]
    ) { stages($0) == ["example.invert"] },
    OptionCase(
      command: "plugin validate", option: "--stage", base: [kept, "--rule", "schema", "--json"],
      adds: ["--stage", "kept.model"]
    ) { stages($0) == ["kept.model"] },
    OptionCase(
      command: "plugin validate", option: "--item",
      base: ["image.read", "--rule", "outputs", "--json"], adds: ["--item", "images/0000.png"]
    ) { $0.status == 0 && notes($0) == ["the files given; batches [1, 1, 1]"] },
    OptionCase(
      command: "plugin validate", option: "--params",
      base: ["plugins/harm.stage.so", "--stage", "harm.check", "--rule", "check"],
      adds: ["--params", #"{"how": "type"}"#]
    ) { $0.status == 1 && $0.data.hasPrefix("FAILED   harm.check check\n") },
    OptionCase(
      command: "plugin validate", option: "--shape", base: [invert, "--rule", "memory", "--json"],
      adds: ["--shape", "image=64x64x3"]
    ) {
      notes($0).contains { $0.contains("needs") && (number(in: $0) ?? 0) >= 2 * 64 * 64 * 3 * 4 }
    },
    OptionCase(
      command: "plugin validate", option: "--model",
      base: [kept, "--stage", "kept.model", "--rule", "outputs", "--json"],
      adds: ["--model", "weights=spool/models/m/1"]
    ) { $0.status == 0 && notes($0) == ["items without files; batches [2, 1]"] },
    OptionCase(
      command: "plugin validate", option: "--strict", base: [kept, "--rule", "tables"],
      adds: ["--strict"]
    ) { $0.status == 1 && $0.data.hasPrefix("FAILED   tables\n") },
    OptionCase(
      command: "plugin validate", option: "--junit", base: [invert, "--rule", "schema"],
      adds: ["--junit"]
    ) {
      $0.data.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"")
        && $0.data.contains("  <testcase classname=\"example.invert\" name=\"schema\" time=\"")
    },
    OptionCase(
      command: "plugin validate", option: "--fuzz",
      base: [invert, "--rule", "fuzz", "--rounds", "2", "--json"], adds: ["--fuzz", "7"]
    ) { notes($0) == ["seed 7: 2 rounds, 2 past the check"] },
    OptionCase(
      command: "plugin validate", option: "--rounds", base: [invert, "--rule", "fuzz", "--json"],
      adds: ["--rounds", "3"]
    ) { notes($0) == ["seed 0: 3 rounds, 3 past the check"] },
    // Half a second over the second that a call of a cancelled job has.
    OptionCase(
      command: "plugin validate", option: "--slack",
      base: ["./cancel.stage.so", "--rule", "cancel"], adds: ["--slack", "100"],
      prepare: {
        try FixturePlugin.compile("bad/cancel.c", to: URL(filePath: $0.path("cancel.stage.so")))
      }
    ) { $0.status == 0 && $0.lines.contains { $0.hasPrefix("ok       bad.cancel") } },
    OptionCase(
      command: "plugin validate", option: "--rule", base: [invert, "--rule", "schema"],
      adds: ["--rule", "tables"]
    ) {
      $0.data == "ok       tables\nok       example.invert schema\n"
        || $0.data == "ok       example.invert schema\nok       tables\n"
    },
    OptionCase(
      command: "plugin validate", option: "--in-process", base: [invert, "--rule", "schema"],
      adds: ["--in-process"]
    ) { $0.status == 0 && $0.list.first?["verdict"] as? String == "passed" },
  ]

  private static func number(in text: String) -> Int? {
    text.firstMatch(of: #/\d+/#).flatMap { Int($0.0) }
  }

  private static func benches(_ run: OptionCase.Run) -> [String] {
    run.list.compactMap { $0["stage"] as? String }
  }

  /// Of the first stage that was measured.
  private static func rows(_ run: OptionCase.Run) -> [[String: Any]] {
    run.list.first?["rows"] as? [[String: Any]] ?? []
  }

  private static let bench = [
    OptionCase(
      command: "plugin bench", option: "--spool", base: ["kept.model", "--json"],
      adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && benches($0) == ["kept.model"] },
    OptionCase(
      command: "plugin bench", option: "--plugins", base: ["example.invert", "--json"],
      adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && benches($0) == ["example.invert"] },
    OptionCase(
      command: "plugin bench", option: "--json", base: [kept, "--stage", "kept.model"],
      adds: ["--json"]
    ) { benches($0) == ["kept.model"] },
    OptionCase(
      command: "plugin bench", option: "--stage", base: [kept, "--json"],
      adds: ["--stage", "kept.model"]
    ) { benches($0) == ["kept.model"] },
    OptionCase(
      command: "plugin bench", option: "--item", base: ["image.read", "--json"],
      adds: ["--item", "data/bad.npy"]
    ) {
      rows($0).isEmpty
        && ($0.list.first?["trouble"] as? String)?.contains("neither PNG nor JPEG") == true
    },
    OptionCase(
      command: "plugin bench", option: "--params", base: [kept, "--stage", "kept.value", "--json"],
      adds: ["--params", #"{"pause": 40}"#]
    ) { !rows($0).isEmpty && rows($0).allSatisfy { $0["microseconds"] as? Double ?? 0 > 40_000 } },
    OptionCase(
      command: "plugin bench", option: "--shape", base: [invert, "--json"],
      adds: ["--shape", "image=5x7x3"]
    ) { run in
      !rows(run).isEmpty
        && rows(run).allSatisfy {
          "\($0["inputs"] ?? "")".replacing(" ", with: "").contains("5,7,3")
        }
    },
    OptionCase(
      command: "plugin bench", option: "--model", base: [kept, "--stage", "kept.model", "--json"],
      adds: ["--model", "weights=spool/models/m/1"]
    ) { !rows($0).isEmpty },
  ]

  /// Pixels across a PNG.
  private static func width(_ run: OptionCase.Run, _ file: String) -> Int? {
    guard let data = FileManager.default.contents(atPath: run.scene.path(file)), data.count > 20
    else { return nil }
    return Int(data[19])
  }

  private static let item = ["--item", "images/0000.png"]

  private static let run = [
    OptionCase(
      command: "plugin run", option: "--spool", base: ["kept.value"], adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && $0.talk == "succeeded: 1 files in \($0.scene.path("try-out"))\n" },
    OptionCase(
      command: "plugin run", option: "--plugins", base: ["example.invert"] + item,
      adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.talk == "succeeded: 2 files in \($0.scene.path("try-out"))\n" },
    OptionCase(
      command: "plugin run", option: "--item", base: [invert], adds: item
    ) { $0.status == 0 && $0.scene.names("try-out").contains("000000-image.png") },
    OptionCase(
      command: "plugin run", option: "--stage", base: [kept], adds: ["--stage", "kept.value"]
    ) { $0.status == 0 && $0.talk == "succeeded: 1 files in \($0.scene.path("try-out"))\n" },
    OptionCase(
      command: "plugin run", option: "--params", base: [invert] + item,
      adds: ["--params", #"{"strength": 2}"#]
    ) { $0.status == 2 && $0.talk.contains("strength") },
    OptionCase(
      command: "plugin run", option: "--size", base: [invert] + item, adds: ["--size", "8"]
    ) { width($0, "try-out/000000-image.png") == 8 },
    OptionCase(
      command: "plugin run", option: "--out", base: [invert] + item, adds: ["--out", "there"]
    ) { $0.scene.names("there").contains("000000-image.png") && !$0.scene.exists("try-out") },
    OptionCase(
      command: "plugin run", option: "--in-process", base: [invert] + item, adds: ["--in-process"]
    ) {
      $0.status == 0 && !$0.talk.contains("succeeded")
        && $0.scene.exists("try-out/000000-image.png")
    },
  ]
}

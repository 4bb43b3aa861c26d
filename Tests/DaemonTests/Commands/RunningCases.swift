import Foundation
import LatticeDriver

/// Options of `check`, `run` and `submit`.
enum RunningCases {
  static let all = check + run + submit

  private static let check = [
    OptionCase(
      command: "check", option: "--spool", base: ["kept.yaml"], adds: ["--spool", "{spool}"]
    ) {
      $0.status == 0 && $0.talk == "kept.yaml: good: 2 items, 2 stages, 2 shards\n"
    },
    OptionCase(
      command: "check", option: "--plugins", base: ["meets.yaml"], adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.talk == "meets.yaml: good: 2 items, 2 stages, 2 shards\n" },
    OptionCase(
      command: "check", option: "--format", base: ["faulty.yaml"], adds: ["--format", "json"]
    ) { $0.status == 2 && $0.list.first?["code"] as? String == "E021" && $0.talk.isEmpty },
    OptionCase(command: "check", option: "--json", base: ["faulty.yaml"], adds: ["--json"]) {
      $0.status == 2 && $0.list.first?["line"] as? Int == 5 && $0.talk.isEmpty
    },
    OptionCase(
      command: "check", option: "--explain", base: ["faulty.yaml"], adds: ["--explain", "e113"]
    ) {
      $0.status == 0 && $0.data == "E113: The two ends of a connection have different sizes.\n"
    },
    OptionCase(command: "check", option: "--schema", base: ["faulty.yaml"], adds: ["--schema"]) {
      $0.status == 0 && ($0.members["$schema"] as? String)?.contains("json-schema.org") == true
    },
  ]

  private static let results = ["000000.npy", "000001.npy"]

  private static let run = [
    OptionCase(
      command: "run", option: "--plugins", base: ["kept.yaml", "-q"],
      adds: ["--plugins", "plugins"]
    ) { $0.status == 0 && $0.scene.names("kept") == results },
    OptionCase(
      command: "run", option: "--json", base: ["good.yaml", "-q"], adds: ["--json"]
    ) {
      $0.members["state"] as? String == "succeeded"
        && $0.members["outputDirectory"] as? String == $0.scene.path("good")
    },
    OptionCase(
      command: "run", option: "--out", base: ["good.yaml", "-q"], adds: ["--out", "elsewhere"]
    ) { $0.scene.names("elsewhere") == ["in.npy"] && !$0.scene.exists("good") },
    OptionCase(command: "run", option: "--work", base: ["good.yaml", "-q"], adds: ["--work", "w"]) {
      $0.scene.names("w/jobs").count == 1 && !$0.scene.exists(".lattice")
    },
    OptionCase(
      command: "run", option: "--models", base: ["model.yaml", "-q", "--plugins", "plugins"],
      adds: ["--models", "models"], prepare: ModelCases.writeSpec(of: "other@1")
    ) { $0.status == 0 && $0.scene.names("model") == results },
    OptionCase(
      command: "run", option: "--slots", base: ["meets.yaml", "-q", "--plugins", "plugins"],
      adds: ["--slots", "2"], instead: ["--slots", "1"], course: .stops
    ) { $0.status == 0 && $0.scene.names("met").count == 2 },
    OptionCase(command: "run", option: "--quiet", base: ["good.yaml"], adds: ["--quiet"]) {
      $0.status == 0 && $0.talk.isEmpty && $0.data.isEmpty
    },
  ]

  /// A spec whose job no other test has.
  private static func writeSpec(
    _ file: String, input: String = "{ files: [{root}/data/in.npy] }", tail: String = ""
  ) -> @Sendable (Scene) throws -> Void {
    { scene in
      let text = Specs.tiny(name: "job-\(UUID().uuidString.lowercased())").replacing(
        "{ files: [in.npy] }", with: scene.filled(input))
      try scene.write("\(file).yaml", "\(text)\n\(tail)\n")
    }
  }

  private static func isOneID(_ run: OptionCase.Run) -> Bool {
    run.data.wholeMatch(of: #/\d{8}-\d{6}-[0-9a-z]{6}\n/#) != nil
  }

  private static let submit = [
    OptionCase(
      command: "submit", option: "--spool", base: ["s-spool.yaml"], adds: ["--spool", "{spool}"],
      kind: .live, prepare: writeSpec("s-spool")
    ) { $0.status == 0 && isOneID($0) },
    OptionCase(
      command: "submit", option: "--plugins", base: ["s-plugins.yaml"],
      adds: ["--plugins", "plugins"], kind: .live,
      prepare: { scene in
        let name = "job-\(UUID().uuidString.lowercased())"
        try scene.write(
          "s-plugins.yaml",
          Scene.meets(name: name, folder: scene.path("met-\(name)"))
            + "hold: true\n")
      }
    ) { $0.status == 0 && isOneID($0) },
    OptionCase(
      command: "submit", option: "--json", base: ["s-json.yaml"], adds: ["--json"], kind: .live,
      prepare: writeSpec("s-json")
    ) {
      $0.list.count == 1 && $0.list[0]["spec"] as? String == "s-json.yaml"
        && ($0.list[0]["file"] as? String)?.hasPrefix("s-json-") == true
    },
    OptionCase(
      command: "submit", option: "--wait", base: ["s-wait.yaml"], adds: ["--wait"], kind: .live,
      prepare: writeSpec("s-wait", input: "{ files: [{root}/data/bad.npy] }")
    ) { $0.status == 1 && isOneID($0) },
    OptionCase(
      command: "submit", option: "--timeout", base: ["s-timeout.yaml", "--wait", "-q"],
      adds: ["--timeout", "5s"], instead: ["--timeout", "1h"], kind: .live, course: .stops,
      prepare: writeSpec("s-timeout", tail: "hold: true")
    ) { $0.status == 5 },
    OptionCase(
      command: "submit", option: "--no-check", base: ["s-no-check.yaml"], adds: ["--no-check"],
      kind: .live, prepare: writeSpec("s-no-check", tail: "nonsense: 1")
    ) { $0.status == 2 && !$0.talk.contains("not handed in") && $0.talk.contains("nonsense") },
    OptionCase(
      command: "submit", option: "--quiet", base: ["s-quiet.yaml", "--wait"], adds: ["--quiet"],
      kind: .live, prepare: writeSpec("s-quiet")
    ) { $0.status == 0 && $0.talk.isEmpty },
  ]
}

import Foundation
import LatticeDriver

/// Options of `models …`.
enum ModelCases {
  static let all = list + show + verify + importing + removing

  /// Writes `model.yaml`, whose items are the first byte of a model.
  static func writeSpec(of model: String) -> @Sendable (Scene) throws -> Void {
    { scene in
      try scene.write(
        "model.yaml",
        Scene.kept(name: "model").replacing("kept.value@1, ", with: "kept.model@1, model: \(model)")
      )
    }
  }

  private static let list = [
    OptionCase(command: "models list", option: "--spool", base: [], adds: ["--spool", "{spool}"]) {
      $0.status == 0 && $0.lines.contains { $0.hasPrefix("m@1 ") }
    },
    OptionCase(command: "models list", option: "--json", base: [], adds: ["--json"]) {
      Set($0.list.compactMap { $0["reference"] as? String }).isSuperset(of: ["m@1", "m@2"])
    },
  ]

  private static let show = [
    OptionCase(
      command: "models show", option: "--spool", base: ["m@1"], adds: ["--spool", "{spool}"]
    ) {
      $0.status == 0
        && $0.lines.prefix(2) == ["m@1", "  folder  \($0.scene.path("spool/models/m/1"))"]
    },
    OptionCase(command: "models show", option: "--json", base: ["m@1"], adds: ["--json"]) {
      ($0.members["files"] as? [[String: Any]])?.first?["name"] as? String == "weights"
    },
  ]

  private static let verify = [
    OptionCase(
      command: "models verify", option: "--spool", base: ["m@1"], adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && $0.talk == "m@1: 1 files are as they were\n" },
    OptionCase(command: "models verify", option: "--json", base: ["m@1", "m@2"], adds: ["--json"]) {
      $0.status == 1
        && $0.json as? [String] == ["m@2: 'weights' has other content than its MANIFEST says"]
    },
  ]

  private static let counter = [
    "counter", "data/bad.npy", "--plugins", "plugins", "--config", "config.json",
  ]
  private static func config(_ scene: Scene) throws { try scene.write("config.json", "{}") }

  private static let importing = [
    OptionCase(
      command: "models import", option: "--spool", base: counter, adds: ["--spool", "{spool}"],
      prepare: config
    ) { $0.status == 0 && $0.scene.exists("spool/models/counter/1/MANIFEST") },
    OptionCase(
      command: "models import", option: "--plugins",
      base: ["counter", "data/bad.npy", "--config", "config.json"], adds: ["--plugins", "plugins"],
      prepare: config
    ) { $0.status == 0 && $0.scene.exists("spool/models/counter/1/MANIFEST") },
    OptionCase(
      command: "models import", option: "--json", base: counter, adds: ["--json"], prepare: config
    ) { $0.members["reference"] as? String == "counter@1" },
    OptionCase(
      command: "models import", option: "--config",
      base: ["counter", "data/bad.npy", "--plugins", "plugins"],
      adds: ["--config", "config.json"], prepare: config
    ) { $0.status == 0 && $0.scene.exists("spool/models/counter/1/MANIFEST") },
    OptionCase(
      command: "models import", option: "--name", base: counter, adds: ["--name", "mine@4"],
      prepare: config
    ) { $0.status == 0 && $0.scene.exists("spool/models/mine/4/MANIFEST") },
    OptionCase(
      command: "models import", option: "--quiet", base: ["counter", "slow"] + counter.dropFirst(),
      adds: ["--quiet"], prepare: config
    ) {
      let folder = $0.scene.path("spool/models/counter-slow/1")
      return $0.status == 0 && $0.talk == "imported counter-slow@1 into \(folder)\n"
    },
  ]

  private static let removing = [
    OptionCase(
      command: "models rm", option: "--spool", base: ["m@1"], adds: ["--spool", "{spool}"]
    ) { $0.status == 0 && $0.talk == "removed m@1\n" && $0.scene.names("spool/models/m") == ["2"] }
  ]
}

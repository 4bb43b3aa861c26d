import ArgumentParser

/// Makes, examines and tries stage plugins.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin",
    abstract: "Make, validate, inspect and try stage plugins.",
    discussion: """
      A plugin is a shared library NAME.stage.so. It is always loaded in a child process, never in this one.

      Examples:
        lattice plugin new my-stage --lang c
        lattice plugin validate my-stage/my-stage.stage.so --strict
        lattice plugin inspect image.read
      """,
    subcommands: [
      PluginNewCommand.self, PluginValidateCommand.self, PluginInspectCommand.self,
      PluginListCommand.self, PluginBenchCommand.self, PluginRunCommand.self, PluginSDKCommand.self,
    ], defaultSubcommand: PluginListCommand.self, aliases: ["plugins"])
}

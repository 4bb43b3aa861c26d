import ArgumentParser

/// Prints the script that completes commands and options in a shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print the completion script of a shell.",
    discussion: """
      Examples:
        lattice completion bash >~/.local/share/bash-completion/completions/lattice
        lattice completion zsh >"${fpath[1]}/_lattice"
        lattice completion fish >~/.config/fish/completions/lattice.fish
      """)

  @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  func run() throws {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw ValidationError("'\(shell)' is no shell known here; say bash, zsh or fish")
    }
    print(Lattice.completionScript(for: shell))
  }
}

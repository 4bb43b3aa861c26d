/// A script that knows several peers, all of which need torch.
struct TorchPeer {
  private let process: PeerProcess

  /// Starts a script; nil where Python has no torch.
  init?(script: String, _ python: String, folder: String, threads: Int) throws {
    guard (try? Shell.run([python, "-c", "import torch"])) != nil else { return nil }
    process = try PeerProcess([python, "\(folder)/\(script)", "--threads", "\(threads)"])
  }

  /// Who is there, of those that are wanted; all if that is empty.
  func names(_ only: String) throws -> [String] {
    let wanted = only.split(separator: ",")
    return try process.answer("peers").split(separator: " ")
      .filter { wanted.isEmpty || wanted.contains($0) }.map(String.init)
  }

  /// Has a piece of work done, and gives its seconds.
  func seconds(_ line: String) throws -> Double { try process.seconds(line) }

  /// What to say where there are no peers.
  static func absence(_ python: String) -> String {
    "peers skipped: '\(python)' can't import torch; name another by --python"
  }
}

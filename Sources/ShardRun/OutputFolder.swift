import DurableFiles
import FileNames
import Glibc
import JobModel

/// The folder of results, opened so that only the one of the plan is ever written to.
enum OutputFolder {
  /// Opens it.
  ///
  /// - Throws: ``AttemptFailure`` of kind config when another folder or a link is in its place, else ``FileError``.
  static func open(_ output: OutputPolicy, of folder: JobFolder) throws -> HeldFolder {
    if output.isOwn(of: folder) {
      let job = try HeldFolder(folder.path)
      let name = AtomicFile.lastComponent(of: folder.outputs)
      return try job.folder(FileName(name), isMade: true, followsLinks: false)
    }
    guard let anchor = output.anchor else {
      try Files.makeDirectory(output.directory, permissions: 0o777, isDurable: true)
      return try HeldFolder(output.directory)
    }
    let found: HeldFolder
    do throws(FileError) {
      if let root = anchor.root {
        found = try HeldFolder(root).folder(FileName(anchor.beneath ?? ""), followsLinks: false)
      } else {
        found = try HeldFolder(output.directory)
      }
    } catch {
      guard let what = whatIsThere(error) else { throw error }
      throw refusal(output, what)
    }
    let identity = try found.identity
    guard identity.inode == anchor.inode, identity.birthNanoseconds == anchor.birthNanoseconds
    else {
      throw refusal(
        output,
        isLink(output.directory)
          ? "it is a symbolic link to another folder now" : "another folder has taken its place")
    }
    return found
  }

  private static func whatIsThere(_ error: FileError) -> String? {
    switch error.code {
    case ENOENT: "it is gone"
    case ELOOP, EXDEV: "a symbolic link has taken its place"
    case ENOTDIR: "it is no folder any more"
    default: nil
    }
  }

  private static func isLink(_ path: String) -> Bool { Files.status(path)?.kind == .symbolicLink }

  private static func refusal(_ output: OutputPolicy, _ what: String) -> AttemptFailure {
    AttemptFailure(
      kind: .config,
      message: """
        results can't go to '\(output.directory)', which is not the folder that it was when the job was planned: \
        \(what); put the folder back and say 'lattice retry', or hand the job in again
        """)
  }
}

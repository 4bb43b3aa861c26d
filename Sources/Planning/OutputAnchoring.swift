package import DurableFiles
import FileNames
import Glibc
package import JobModel

/// Opens the folder of results for the first time.
package enum OutputAnchoring {
  /// The policy with the folder that is there now, made if need be.
  ///
  /// - Parameters:
  ///   - policy: Its directory is absolute.
  ///   - allowed: Folders that results may not leave; nil allows any.
  /// - Returns: The policy with its anchor.
  /// - Throws: ``FileError``; `EXDEV` when the directory is in none of the allowed folders.
  package static func anchored(
    _ policy: OutputPolicy, allowed: [String]?
  ) throws(FileError) -> OutputPolicy {
    var policy = policy
    var place: (root: String, beneath: String)?
    if let allowed { place = try self.place(of: policy.directory, in: allowed) }
    let folder: HeldFolder
    if let place {
      try Files.makeDirectory(place.root, isDurable: true)
      folder = try HeldFolder(place.root).folder(
        FileName(place.beneath), isMade: true, followsLinks: false)
    } else {
      try Files.makeDirectory(policy.directory, permissions: 0o777, isDurable: true)
      folder = try HeldFolder(policy.directory)
    }
    let identity = try folder.identity
    policy.anchor = OutputAnchor(
      root: place?.root, beneath: place?.beneath, inode: identity.inode,
      birthNanoseconds: identity.birthNanoseconds)
    return policy
  }

  /// Where a directory is below the first allowed folder that holds it.
  private static func place(
    of directory: String, in allowed: [String]
  ) throws(FileError) -> (root: String, beneath: String) {
    let real = OutputCheck.resolvedAncestor(of: directory)
    for folder in allowed {
      let root = OutputCheck.resolvedAncestor(of: folder)
      guard FileName(real).isInside(FileName(root)) else { continue }
      let beneath = real.utf8.dropFirst(root.utf8.count).drop { $0 == FileName.slash }
      return (root, String(decoding: beneath, as: UTF8.self))
    }
    throw FileError("make folder", directory, EXDEV)
  }

  /// True for what stays so until somebody changes the folder or its rights.
  static func isLasting(_ error: FileError) -> Bool {
    [EACCES, EPERM, ENOTDIR, ELOOP, EXDEV, EROFS, ENAMETOOLONG, EINVAL].contains(error.code)
  }
}

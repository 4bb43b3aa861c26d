package import DurableFiles
import Glibc
package import JobModel

/// Takes dropped specs from `incoming/`, each exactly once.
///
/// Every step is durable before the next, and every state that a crash can leave is mended by ``adopt()``:
///
/// | killed after | on disk | mended by |
/// |---|---|---|
/// | making the folder | `.new-ID` without a drop | removed |
/// | the drop was renamed into it | `.new-ID/drop` | claimed again: the rest is redone |
/// | the spec was written | `.new-ID/spec.yaml` and `drop` | likewise; the copy is written anew |
/// | the job was inserted | a row, and still `.new-ID` | renamed to `ID`, as if nothing had happened |
/// | the folder was renamed | `ID` and a row | nothing to do |
package struct JobQueue: Sendable {
  package let spool: SpoolFolder

  package init(spool: SpoolFolder) { self.spool = spool }

  /// Names of specs in `incoming/` with what a look at each shows; those that can't be specs are named again apart.
  package func scan() throws(FileError) -> (
    specs: [(name: String, look: SettleRule.Look)], unfit: [Unfit]
  ) {
    var specs: [(name: String, look: SettleRule.Look)] = []
    var unfit: [Unfit] = []
    for name in try Files.names(in: spool.incoming) where DropName.isSpec(name) {
      guard let status = Files.status("\(spool.incoming)/\(name)") else { continue }
      if let fault = Unfit.Fault(status) { unfit.append(Unfit(name: name, fault: fault)) }
      specs.append(
        (
          name,
          SettleRule.Look(
            size: status.size, mtimeNanoseconds: status.mtimeNanoseconds,
            ctimeNanoseconds: status.ctimeNanoseconds, inode: status.inode)
        ))
    }
    return (specs, unfit)
  }

  /// A spec that was taken: nobody else can take or change it any more.
  package struct Claim: Hashable, Sendable {
    package var id: JobID
    /// Of the file as it was dropped.
    package var name: String
    /// The folder `.new-ID`.
    package var folder: JobFolder
    package var bytes: [UInt8]
    package var origin: [UInt8]?
  }

  /// Takes a drop; nil when somebody else was faster or its writer has removed it.
  ///
  /// The bytes are read once and copied to a new file, so that a writer who keeps its descriptor changes nothing.
  ///
  /// - Parameters:
  ///   - name: In `incoming/`.
  ///   - id: The job's id.
  /// - Returns: The claim.
  /// - Throws: ``FileError``; the drop is still where it was, or ``adopt()`` finds it.
  package func claim(_ name: String, as id: JobID) throws(FileError) -> Claim? {
    let folder = spool.claim(id)
    guard mkdir(folder.path, 0o755) == 0 else { throw FileError("make folder", folder.path, errno) }
    DurableBoundary.reached("queue.claim.made-folder")
    let companion = "\(spool.incoming)/\(DropName.companion(of: name))"
    do throws(FileError) {
      try Files.rename("\(spool.incoming)/\(name)", "\(folder.path)/drop.\(name)")
    } catch {
      rmdir(folder.path)
      if error.isMissing { return nil }
      throw error
    }
    if Files.exists(companion) { try Files.rename(companion, "\(folder.path)/origin.json") }
    try AtomicFile.syncDirectory(folder.path)
    try AtomicFile.syncDirectory(spool.incoming)
    DurableBoundary.reached("queue.claim.took-drop")
    do throws(FileError) {
      return try copy(folder, id, name)
    } catch {
      // A full disk, say: what can't be copied now is taken again later.
      try? giveBack(folder, name)
      throw error
    }
  }

  /// Copies what was taken; nil when it can't be a spec any more and was given back, for a scan to find it unfit.
  private func copy(_ folder: JobFolder, _ id: JobID, _ name: String) throws(FileError) -> Claim? {
    let drop = "\(folder.path)/drop.\(name)"
    guard let status = Files.status(drop), Unfit.Fault(status) == nil else {
      try giveBack(folder, name)
      return nil
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Files.read(drop, limit: DropName.sizeLimit)
    } catch {
      // Its writer has a descriptor still, and has made it too large since the look.
      guard error.code == EFBIG else { throw error }
      try giveBack(folder, name)
      return nil
    }
    try AtomicFile.write(bytes, to: folder.spec)
    DurableBoundary.reached("queue.claim.wrote-spec")
    let origin = try? Files.read("\(folder.path)/origin.json", limit: 64 << 10)
    return Claim(id: id, name: name, folder: folder, bytes: bytes, origin: origin)
  }

  /// Makes a claim a job: its folder gets its name.
  ///
  /// Call once the job is in the journal.
  package func publish(_ claim: Claim) throws(FileError) {
    let folder = spool.job(claim.id)
    try Files.removeTree("\(claim.folder.path)/drop.\(claim.name)")
    try Files.rename(claim.folder.path, folder.path)
    DurableBoundary.reached("queue.claim.published")
    try AtomicFile.syncDirectory(spool.jobs)
    DurableBoundary.reached("queue.claim.finished")
  }

  /// Puts a claimed drop back where it was: it is still being written.
  ///
  /// One that was dropped under its name meanwhile takes its place.
  package func putBack(_ claim: Claim) throws(FileError) { try giveBack(claim.folder, claim.name) }

  private func giveBack(_ folder: JobFolder, _ name: String) throws(FileError) {
    let origin = "\(folder.path)/origin.json"
    let companion = "\(spool.incoming)/\(DropName.companion(of: name))"
    // The companion goes first, so that the drop is never seen without it.
    if Files.exists(origin) { _ = try Files.renameWithoutReplacing(origin, companion) }
    _ = try Files.renameWithoutReplacing("\(folder.path)/drop.\(name)", "\(spool.incoming)/\(name)")
    try Files.removeTree(folder.path)
  }

  /// What a crash left of claims.
  package struct Leftovers: Hashable, Sendable {
    /// To be planned and inserted as if just claimed; one whose job is in the journal only to be published.
    package var claims: [Claim]
  }

  /// Finds claims that were not finished, and removes those that hold nothing.
  package func adopt() throws(FileError) -> Leftovers {
    var claims: [Claim] = []
    for name in try Files.names(in: spool.jobs) where name.hasPrefix(".new-") {
      guard let id = JobID(String(name.dropFirst(5))) else { continue }
      let folder = spool.claim(id)
      let drop = try Files.names(in: folder.path).first { $0.hasPrefix("drop.") }
      if let drop {
        if let claim = try copy(folder, id, String(drop.dropFirst(5))) { claims.append(claim) }
      } else if Files.exists(folder.spec) {
        let bytes = try Files.read(folder.spec)
        let origin = try? Files.read("\(folder.path)/origin.json", limit: 64 << 10)
        claims.append(
          Claim(id: id, name: "\(id).yaml", folder: folder, bytes: bytes, origin: origin))
      } else {
        try Files.removeTree(folder.path)
      }
    }
    return Leftovers(claims: claims)
  }

  /// Turns a claimed spec away: the file, and why as text and as JSON, go to `rejected/` under a free name.
  ///
  /// - Returns: The path of the spec there.
  @discardableResult
  package func reject(_ claim: Claim, text: String, json: String) throws(FileError) -> String {
    let name = try freeName(claim.name)
    let path = "\(spool.rejected)/\(name)"
    try AtomicFile.write(Array(text.utf8), to: "\(path).error.txt")
    try AtomicFile.write(Array(json.utf8), to: "\(path).error.json")
    try AtomicFile.write(claim.bytes, to: path)
    try Files.removeTree(claim.folder.path)
    return path
  }

  /// Turns a drop away that can't be taken: it is moved to `rejected/` as it is, with why beside it.
  ///
  /// - Returns: Its path there; nil when its writer has removed it meanwhile.
  @discardableResult
  package func turnAway(
    _ unfit: Unfit, text: String, json: String
  ) throws(FileError) -> String? {
    let drop = "\(spool.incoming)/\(unfit.name)"
    guard Files.exists(drop) else { return nil }
    let path = "\(spool.rejected)/\(try freeName(unfit.name))"
    try AtomicFile.write(Array(text.utf8), to: "\(path).error.txt")
    try AtomicFile.write(Array(json.utf8), to: "\(path).error.json")
    try Files.rename(drop, path)
    try AtomicFile.syncDirectory(spool.rejected)
    return path
  }

  /// `NAME`, or `NAME` with a number before its extension when that is taken.
  private func freeName(_ name: String) throws(FileError) -> String {
    if !Files.exists("\(spool.rejected)/\(name)") { return name }
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    for number in 2... {
      let candidate = "\(name[..<dot])-\(number)\(name[dot...])"
      if !Files.exists("\(spool.rejected)/\(candidate)") { return candidate }
    }
    return name
  }
}

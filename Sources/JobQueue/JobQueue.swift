package import DurableFiles
package import FileNames
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
  /// Makes renames in a folder survive a power cut.
  private let sync: @Sendable (String) throws(FileError) -> Void

  /// Takes drops of a spool; `sync` is another for tests of its order alone.
  package init(
    spool: SpoolFolder,
    sync: @escaping @Sendable (String) throws(FileError) -> Void = { path throws(FileError) in
      try AtomicFile.syncDirectory(path)
    }
  ) {
    self.spool = spool
    self.sync = sync
  }

  /// Names of specs in `incoming/` with what a look at each shows; those that can't be specs are named again apart.
  package func scan() throws(FileError) -> (
    specs: [(name: FileName, look: SettleRule.Look)], unfit: [Unfit]
  ) {
    var specs: [(name: FileName, look: SettleRule.Look)] = []
    var unfit: [Unfit] = []
    let folder = FileName(spool.incoming)
    for name in try Files.entries(in: folder) where DropName.isMeantAsSpec(name) {
      let path = folder.appending(name)
      guard let status = Files.status(path) else { continue }
      if let fault = DropName.fault(in: name).map(Unfit.Fault.name) ?? Unfit.Fault(status) {
        unfit.append(Unfit(name: name.text ?? name.shown, path: path, fault: fault))
      }
      specs.append((name, SettleRule.Look(status)))
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

  /// Takes a drop; nil when somebody else was faster, its writer has removed it, or it is no file any more.
  ///
  /// The bytes are read once and copied to a new file, so that a writer who keeps its descriptor changes nothing. A
  /// drop on another filesystem than the jobs is copied there and then removed.
  ///
  /// - Parameters:
  ///   - name: In `incoming/`.
  ///   - id: The job's id.
  /// - Returns: The claim.
  /// - Throws: ``FileError``; the drop is still where it was, or ``adopt()`` finds it.
  package func claim(_ name: String, as id: JobID) throws(FileError) -> Claim? {
    let folder = spool.claim(id)
    let path = "\(spool.incoming)/\(name)"
    let file: OpenFile
    do throws(FileError) {
      // What can't be read is not moved either.
      file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch {
      if error.isMissing || error.code == ELOOP { return nil }
      throw error
    }
    guard mkdir(folder.path, 0o755) == 0 else { throw FileError("make folder", folder.path, errno) }
    DurableBoundary.reached("queue.claim.made-folder")
    do throws(FileError) {
      try Files.rename(path, "\(folder.path)/drop.\(name)")
    } catch {
      if error.code == EXDEV { return try fetch(name, file, folder, id) }
      rmdir(folder.path)
      if error.isMissing { return nil }
      throw error
    }
    let companion = "\(spool.incoming)/\(DropName.companion(of: name))"
    if Files.exists(companion) { try Files.rename(companion, "\(folder.path)/origin.json") }
    // The new place is durable, with the folder that holds it, before the old one is gone for good.
    for changed in [folder.path, spool.jobs, spool.incoming] { try sync(changed) }
    DurableBoundary.reached("queue.claim.took-drop")
    do throws(FileError) {
      return try copy(folder, id, name)
    } catch {
      // A full disk, say: what can't be copied now is taken again later.
      try? giveBack(folder, name)
      throw error
    }
  }

  /// Takes a drop from another filesystem, where no rename leads: copied, and removed once the copy is durable.
  ///
  /// Which file was copied is written down before, so that ``adopt()`` never takes it twice.
  private func fetch(
    _ name: String, _ file: OpenFile, _ folder: JobFolder, _ id: JobID
  ) throws(FileError) -> Claim? {
    let path = "\(spool.incoming)/\(name)"
    let companion = "\(spool.incoming)/\(DropName.companion(of: name))"
    do throws(FileError) {
      let status = try Files.status(of: file)
      guard Unfit.Fault(status) == nil else {
        try Files.removeTree(folder.path)
        return nil
      }
      let bytes = try Files.read(path, limit: DropName.sizeLimit)
      try AtomicFile.write(Array(SettleRule.Look(status).mark.utf8), to: copyMark(in: folder))
      if let origin = try? Files.read(companion, limit: 64 << 10) {
        try AtomicFile.write(origin, to: "\(folder.path)/origin.json")
      }
      try AtomicFile.write(bytes, to: "\(folder.path)/drop.\(name)")
      for changed in [folder.path, spool.jobs] { try sync(changed) }
      guard let claim = try copy(folder, id, name) else { return nil }
      guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno) }
      try Files.removeTree(companion)
      try sync(spool.incoming)
      DurableBoundary.reached("queue.claim.took-drop")
      return claim
    } catch {
      try? Files.removeTree(folder.path)
      throw error
    }
  }

  private func copyMark(in folder: JobFolder) -> String { "\(folder.path)/copied" }

  /// Removes the drop that a claim was copied from, if a crash came between.
  private func removeOriginal(of name: String, _ folder: JobFolder) throws(FileError) {
    guard let mark = try? Files.read(copyMark(in: folder), limit: 1024) else { return }
    let path = "\(spool.incoming)/\(name)"
    guard let status = Files.status(path),
      SettleRule.Look(status).mark == String(decoding: mark, as: UTF8.self)
    else { return }
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno) }
    try Files.removeTree("\(spool.incoming)/\(DropName.companion(of: name))")
    try sync(spool.incoming)
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
    return Claim(
      id: id, name: name, folder: folder, bytes: bytes, origin: try origin(in: folder))
  }

  /// Makes a claim a job: its folder gets its name.
  ///
  /// Call once the job is in the journal.
  package func publish(_ claim: Claim) throws(FileError) {
    let folder = spool.job(claim.id)
    try Files.removeTree("\(claim.folder.path)/drop.\(claim.name)")
    try Files.removeTree(copyMark(in: claim.folder))
    try sync(claim.folder.path)
    try Files.rename(claim.folder.path, folder.path)
    DurableBoundary.reached("queue.claim.published")
    try sync(spool.jobs)
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
    package var claims: [Claim] = []
    /// Those that can't be read or removed, with why.
    package var stuck: [JobID: FileError] = [:]
  }

  /// Finds claims that were not finished, and removes those that hold nothing; one that can't be read holds up no other.
  package func adopt() throws(FileError) -> Leftovers {
    var leftovers = Leftovers()
    for name in try Files.names(in: spool.jobs) where name.hasPrefix(".new-") {
      guard let id = JobID(String(name.dropFirst(5))) else { continue }
      do throws(FileError) {
        if let claim = try adopt(id) { leftovers.claims.append(claim) }
      } catch {
        leftovers.stuck[id] = error
      }
    }
    return leftovers
  }

  /// Takes up one claim that was not finished; nil when it holds nothing.
  package func adopt(_ id: JobID) throws(FileError) -> Claim? {
    let folder = spool.claim(id)
    let drop = try Files.names(in: folder.path).first {
      $0.hasPrefix("drop.") && !$0.hasSuffix(".tmp")
    }
    if let drop {
      try removeOriginal(of: String(drop.dropFirst(5)), folder)
      return try copy(folder, id, String(drop.dropFirst(5)))
    }
    guard Files.exists(folder.spec) else {
      try Files.removeTree(folder.path)
      return nil
    }
    let bytes = try Files.read(folder.spec)
    return Claim(
      id: id, name: "\(id).yaml", folder: folder, bytes: bytes, origin: try origin(in: folder))
  }

  /// What is said of where a spec comes from; nil when nothing is.
  private func origin(in folder: JobFolder) throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try Files.read("\(folder.path)/origin.json", limit: 64 << 10)
    } catch {
      guard error.isMissing || error.code == EFBIG else { throw error }
      return nil
    }
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
    guard Files.status(unfit.path) != nil else { return nil }
    let path = "\(spool.rejected)/\(try freeName(unfit.rejectedName))"
    do throws(FileError) {
      try AtomicFile.write(Array(text.utf8), to: "\(path).error.txt")
      try AtomicFile.write(Array(json.utf8), to: "\(path).error.json")
      try Files.rename(unfit.path, FileName(path))
    } catch {
      // It stays where it is, on another filesystem, say; whoever dropped it has to take it away.
      for reason in ["\(path).error.txt", "\(path).error.json"] { try? Files.removeTree(reason) }
      throw error
    }
    try sync(spool.rejected)
    return path
  }

  /// Removes what nobody needs any more from where specs and requests are staged: companions whose spec is gone, and
  /// files that no writer finished.
  ///
  /// - Parameter milliseconds: Since 1970; what was touched later may still be at work.
  /// - Returns: The paths that were removed.
  /// - Throws: ``FileError`` when a folder can't be listed or a file can't be removed.
  package func sweep(touchedBefore milliseconds: Int) throws(FileError) -> [String] {
    let names = try Files.entries(in: FileName(spool.incoming)).compactMap(\.text)
    let companions = Set(names.map { FileName(DropName.companion(of: $0)) })
    let orphans = names.filter {
      $0.hasPrefix(".") && $0.hasSuffix(".meta.json") && !companions.contains(FileName($0))
    }
    var paths = orphans.map { "\(spool.incoming)/\($0)" }
    for folder in [spool.incomingTemporary, spool.controlTemporary] {
      paths += try Files.names(in: folder).map { "\(folder)/\($0)" }
    }
    paths += try Files.names(in: spool.rejected).filter { $0.hasSuffix(".tmp") }
      .map { "\(spool.rejected)/\($0)" }
    paths = paths.filter { path in
      guard let status = Files.status(path), status.kind == .regular else { return false }
      return status.ctimeNanoseconds / 1_000_000 < milliseconds
    }
    for path in paths { try Files.removeTree(path) }
    return paths
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

import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import WorkerLink

/// Makes what a task left in its model folder a version of a model: files synced, MANIFEST last, one rename.
///
/// The version is written down in the job's folder before the rename, with the digest of the MANIFEST. A worker that
/// does all of it again, after a crash at any point, thus finds what it has published and publishes nothing more.
struct ModelPublisher {
  let context: ShardContext

  /// Publishes the model.
  ///
  /// - Returns: `name@version`; nil when the job makes none.
  /// - Throws: ``FileError``, or ``AttemptFailure`` when the folder holds no model or the version is taken.
  func publish() throws -> String? {
    guard let model = context.plan.output.model,
      let stage = context.plan.stages.first(where: { $0.description.publishes })
    else { return nil }
    let staged = model.staging(job: context.jobID)
    try check(staged, stage)
    let digest = try seal(staged)
    if let version = try published(model, digest) {
      try Files.removeTree(staged)
      return model.reference(version: version)
    }
    try Files.makeDirectory("\(model.folder)/\(model.name)", isDurable: true)
    while true {
      let version = try model.version ?? nextVersion(of: model)
      try note(ModelPublication(version: version, manifestSHA256: digest))
      DurableBoundary.reached("shard.model-intended")
      if try Files.renameWithoutReplacing(staged, model.path(version: version)) {
        DurableBoundary.reached("shard.model-renamed")
        try AtomicFile.syncDirectory("\(model.folder)/\(model.name)")
        try AtomicFile.syncDirectory(model.folder)
        return model.reference(version: version)
      }
      guard model.version == nil else {
        throw AttemptFailure(
          kind: .config, stage: stage.name,
          message: """
            the model \(model.reference(version: version)) has come to be there while this job ran, and a \
            version is never changed; choose another version and hand the job in again
            """)
      }
    }
  }

  /// A model has at least its configuration.
  private func check(_ staged: String, _ stage: PlannedStage) throws {
    let path = "\(staged)/config.json"
    let configuration = Files.exists(path) ? try Files.read(path) : nil
    guard let configuration else {
      throw AttemptFailure(
        kind: .internal, stage: stage.name,
        message: "'\(stage.name)' ended well but left no config.json in its model folder")
    }
    guard (try? JSONValue(parsing: Data(configuration)))?.objectValue != nil else {
      throw AttemptFailure(
        kind: .internal, stage: stage.name,
        message: "'\(stage.name)' ended well but its model's config.json is no JSON object")
    }
  }

  /// Syncs every file, takes the right to write from it, and adds the MANIFEST; gives the digest of that.
  private func seal(_ staged: String) throws -> String {
    try Files.removeTree("\(staged)/\(ModelManifest.name)")
    let entries = try ModelManifest.entries(of: staged) { context.recorder.beat() }
    let text = Array(ModelManifest.text(entries).utf8)
    try AtomicFile.write(text, to: "\(staged)/\(ModelManifest.name)", permissions: 0o444)
    return SHA256.hexDigest(of: text)
  }

  /// The version that this job has published already.
  private func published(_ model: ModelDestination, _ digest: String) throws -> String? {
    let path = context.folder.modelPublication
    guard Files.exists(path) else { return nil }
    let noted = try JSONDecoder().decode(ModelPublication.self, from: Data(try Files.read(path)))
    let manifest = "\(model.path(version: noted.version))/\(ModelManifest.name)"
    guard Files.exists(manifest),
      SHA256.hexDigest(of: try Files.read(manifest)) == noted.manifestSHA256
    else { return nil }
    return noted.version
  }

  private func note(_ publication: ModelPublication) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try AtomicFile.write(
      Array(try encoder.encode(publication)), to: context.folder.modelPublication)
  }

  /// The whole number after the highest that there is.
  private func nextVersion(of model: ModelDestination) throws -> String {
    let names = try Files.names(in: "\(model.folder)/\(model.name)")
    return String((names.compactMap { Int($0) }.max() ?? 0) + 1)
  }
}

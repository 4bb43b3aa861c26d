import PictureSets
import Recipes
import StageSDK

/// Gathers the pictures that a job's items name.
enum TrainingPictures {
  /// Reads all items: packed sets whole, other files as pictures whose folder is their class.
  ///
  /// Pictures that can't be read are left out and named in the log.
  static func read(
    _ context: StageContext, size: Int, damage: DamagedPictures
  ) throws -> PictureSet {
    let items = try context.items
    var set = PictureSet()
    for item in items {
      guard let path = item.path, path.hasSuffix(".safetensors") else { continue }
      do {
        let packed = try PackedPictures.read(path)
        try check(packed, size: size, path: path)
        set.add(packed)
      } catch let error as StageError {
        throw error
      } catch {
        throw StageError(.config, "\(error)")
      }
    }
    let files = items.filter { $0.path.map { !$0.hasSuffix(".safetensors") } ?? false }
    if !files.isEmpty {
      let (labelled, classNames) = PictureFolder.labelled(
        files.compactMap(\.path), names: files.map(\.id))
      var bad = 0
      let read = PictureFolder.read(
        labelled, classNames: classNames, shorterSide: size...(size * 2)
      ) { file, reason in
        bad += 1
        context.log(.warning, "left out '\(file.path)': \(reason)")
      }
      context.log(.info, "read \(read.count) pictures, left out \(bad)")
      set.add(read)
    }
    try damage.tell(of: set.damaged.map { ($0.name, $0.reason) }, context)
    return set
  }

  /// Pictures of a packed set must be large enough to cut squares out of.
  static func check(_ set: PictureSet, size: Int, path: String) throws {
    guard let small = set.entries.first(where: { min($0.height, $0.width) < size }) else { return }
    throw StageError(
      .config,
      "'\(path)' has a picture of \(small.width)x\(small.height) pixels, fewer than 'size' \(size)",
      parameter: "size")
  }
}

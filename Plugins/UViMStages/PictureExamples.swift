import ImageCodecs
import LabelFiles
import Recipes
import StageSDK
import UViM

/// Examples from files: pictures, with depth maps beside them or COCO's panoptic labels.
final class PictureExamples {
  private let parameters: TrainParameters
  private let context: StageContext
  private let task: UViMTask
  /// By path of the JSON file.
  private var masks: [String: PanopticMasks] = [:]
  /// Of which the data is damaged.
  private var damaged: [(name: String, reason: String)] = []

  init(_ parameters: TrainParameters, _ context: StageContext, _ task: UViMTask) {
    self.parameters = parameters
    self.context = context
    self.task = task
  }

  /// How many examples a number of files makes at most.
  func capacity(_ files: Int) -> Int { parameters.mirror ? 2 * files : files }

  /// Reads files; those that can't be read are left out and named in the log.
  ///
  /// - Parameters:
  ///   - files: Of pictures.
  ///   - store: Has room for all of them and, where they are wanted, for their mirror images behind them.
  /// - Returns: The places of those that were read, and of their mirror images.
  /// - Throws: ``StageError`` when all are at fault.
  func read(
    _ files: [String], into store: ExampleStore
  ) throws -> (pictures: [Int], mirrored: [Int]) {
    var places: [Int] = []
    var mirrored: [Int] = []
    for (place, file) in files.enumerated() {
      guard !context.isCancelled else { throw StageError(.cancelled, "training was stopped") }
      do {
        let example = try example(of: file, side: store.side)
        put(example, place, into: store)
        places.append(place)
        if parameters.mirror {
          put(example.mirrored(side: store.side), files.count + place, into: store)
          mirrored.append(files.count + place)
        }
      } catch let error as LabelFileError where error.isOfAll {
        throw StageError(.config, error.description, parameter: "annotations")
      } catch {
        context.log(.warning, "left out '\(file)': \(error)")
      }
      if place.isMultiple(of: 64) { context.progress(0, of: parameters.steps, unit: "steps") }
    }
    try parameters.damage.tell(of: damaged, context)
    context.log(.info, "read \(places.count) pictures, left out \(files.count - places.count)")
    return (places, mirrored)
  }

  /// A square of a picture with what is known of its pixels.
  private struct Example {
    /// (side, side, 3), 0...1.
    var image: [Float]
    /// (side, side).
    var metres: [Float]?
    /// (side, side, 2).
    var panoptic: [Int32]?

    func mirrored(side: Int) -> Example {
      Example(
        image: LabelPicture.mirrored(image, width: side, channels: 3),
        metres: metres.map { LabelPicture.mirrored($0, width: side) },
        panoptic: panoptic.map { LabelPicture.mirrored($0, width: side, channels: 2) })
    }
  }

  private func example(of file: String, side: Int) throws -> Example {
    let picture = try LabelPicture.read(file)
    let placement = LabelPicture.placement(of: picture, size: side)
    var example = Example(image: [Float](repeating: 0, count: 3 * side * side))
    switch task {
    case .color: break
    case .depth:
      let map = try DepthMap(
        besides: file, folder: parameters.depthFolder, ending: parameters.depthEnding,
        unit: parameters.depthUnit, of: picture)
      var metres = [Float](repeating: 0, count: side * side)
      LabelPicture.pick(placement, width: map.width, height: map.height) {
        metres[$0] = map.metres[$1]
      }
      example.metres = metres
    case .panoptic:
      let labels = try masks(of: file).labels(of: file, picture, placement).values
      guard
        !labels.indices.contains(where: { $0 % 2 == 0 && labels[$0] == 0 && labels[$0 + 1] != 0 })
      else { throw LabelFileError.categoryZero(path: parameters.annotations ?? "") }
      example.panoptic = labels
    }
    example.image.withUnsafeMutableBufferPointer {
      LabelPicture.resize(picture, placement, into: $0)
    }
    if let damage = picture.damage { damaged.append(("'\(file)'", damage)) }
    return example
  }

  private func put(_ example: Example, _ place: Int, into store: ExampleStore) {
    example.image.withUnsafeBufferPointer { store.put(place, image: $0) }
    if let metres = example.metres { store.put(place, metres: metres) }
    example.panoptic?.withUnsafeBufferPointer { store.put(place, panoptic: $0) }
  }

  /// The panoptic labels that a picture's are among.
  ///
  /// - Throws: ``StageError`` when the parameters don't say where they are, ``LabelFileError`` when they can't be read.
  func masks(of file: String) throws -> PanopticMasks {
    guard let annotations = parameters.annotations, let masks = parameters.masks else {
      let key = parameters.annotations == nil ? "annotations" : "masks"
      throw StageError(
        .config, "panoptic labels of pictures are read from files: give '\(key)'", parameter: key)
    }
    let folder = PathParts.folder(of: file)
    let path = PathParts.join(folder, annotations)
    if let known = self.masks[path] { return known }
    let read = try PanopticMasks(
      annotations: path, masks: PathParts.join(folder, masks))
    self.masks[path] = read
    return read
  }

  /// Names of the categories in the JSON file that goes with a picture, of number 1 and on, and those that are counted
  /// one by one.
  func categories(of file: String) throws -> (all: [String], things: [String]) {
    let categories = try masks(of: file).numbers.categories.filter { $0.id >= 1 }
    let all = categories.isEmpty ? ["category 1"] : categories.map(\.name)
    return (all, categories.filter(\.isThing).map(\.name))
  }
}

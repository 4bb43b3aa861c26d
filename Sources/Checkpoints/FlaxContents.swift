import TensorFiles

/// Tensors of a tree that flax wrote as msgpack.
struct FlaxContents: CheckpointContents {
  let entries: [CheckpointEntry]
  let foreign: [String: String]
  let metadata: [String: String]
  private let arrays: [FlaxArray]
  private let file: MappedFile

  init(_ file: MappedFile, _ limits: CheckpointLimits) throws(CheckpointError) {
    let tree: FlaxTree
    do throws(FlaxFault) {
      tree = try FlaxTree(file.bytes, limits: limits, path: file.path)
    } catch { throw error.about(file.path) }
    entries = zip(tree.names, tree.arrays).map {
      CheckpointEntry(name: $0, type: $1.type, shape: $1.shape)
    }
    foreign = tree.foreign
    metadata = tree.texts
    arrays = tree.arrays
    self.file = file
  }

  func plainBytes(_ number: Int) -> UnsafeRawBufferPointer? {
    guard case .runs(let runs) = arrays[number].data, runs.count == 1 else { return nil }
    return file.part(runs[0])
  }

  func read(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    switch arrays[number].data {
    case .bytes(let bytes): memory.copyBytes(from: bytes)
    case .runs(let runs):
      var done = 0
      for run in runs {
        guard let bytes = file.part(run) else { continue }
        UnsafeMutableRawBufferPointer(rebasing: memory[done..<(done + run.count)])
          .copyMemory(from: bytes)
        done += run.count
      }
    }
  }
}

/// Why a flax tree isn't read.
enum FlaxFault: Error {
  case msgpack(MsgpackFault)
  case type(name: String, String)
  case names(CheckpointError)

  func about(_ path: String) -> CheckpointError {
    switch self {
    case .msgpack(let fault): .msgpack(path: path, fault)
    case .type(let name, let type): .unsupportedType(path: path, name: name, type: type)
    case .names(let error): error
    }
  }
}

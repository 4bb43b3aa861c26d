import Glibc
package import TensorCore
import TensorFiles

/// Checkpoints of a training run: files `step-000500.safetensors`, each whole or not there at all.
package struct CheckpointFolder: Sendable {
  /// The folder.
  package let path: String

  /// A checkpoint that was read.
  package struct Saved {
    /// Steps that had been taken.
    package let steps: Int
    /// The learner's state.
    package let state: [String: Tensor]
  }

  /// Names a folder that exists.
  package init(path: String) { self.path = path }

  /// The checkpoint of most steps; nil when there is none.
  ///
  /// - Throws: ``CheckpointFolderError`` when it can't be read: older ones are not taken in its place.
  package func newest() throws(CheckpointFolderError) -> Saved? {
    guard let steps = numbers().max() else { return nil }
    let file = file(steps)
    do {
      let reader = try TensorFileReader(path: file)
      var state: [String: Tensor] = [:]
      for entry in reader.entries {
        guard entry.type == .f32 else {
          throw CheckpointFolderError.foreign(path: file, name: entry.name)
        }
        var result: Result<Void, TensorFileError> = .success(())
        let tensor = Tensor(Shape(entry.shape)) { elements in
          do throws(TensorFileError) {
            try reader.read(entry, into: UnsafeMutableRawBufferPointer(elements))
          } catch { result = .failure(error) }
        }
        try result.get()
        state[entry.name] = tensor
      }
      return Saved(steps: steps, state: state)
    } catch let error as CheckpointFolderError {
      throw error
    } catch {
      throw .unreadable(path: file, reason: "\(error)")
    }
  }

  /// Writes a checkpoint: to the disk first, then under its name; removes the oldest ones.
  ///
  /// - Parameters:
  ///   - state: f32 tensors by name.
  ///   - steps: Taken so far.
  ///   - keep: Checkpoints that are left.
  /// - Throws: ``CheckpointFolderError``; nothing that was there is lost then.
  package func save(
    _ state: [String: Tensor], steps: Int, keep: Int
  ) throws(CheckpointFolderError) {
    let target = file(steps)
    let temporary = "\(target).tmp"
    let sorted = state.sorted { $0.key < $1.key }
    do throws(TensorFileError) {
      let tensors = sorted.map { name, tensor in
        TensorFileWriter.Tensor(
          name: name, type: .f32, shape: tensor.shape.sizes,
          memory: tensor.withBytes { $0 })
      }
      try TensorFileWriter.writeSafetensors(
        tensors, metadata: ["steps": "\(steps)"], to: temporary)
    } catch { throw .unwritable(path: temporary, reason: error.description) }
    withExtendedLifetime(sorted) {}
    try synchronize(temporary)
    guard rename(temporary, target) == 0 else {
      throw .unwritable(path: target, reason: String(cString: strerror(errno)))
    }
    try synchronize(path)
    for old in numbers().sorted().dropLast(keep) where old < steps { unlink(file(old)) }
  }

  private func synchronize(_ path: String) throws(CheckpointFolderError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private func file(_ steps: Int) -> String {
    let digits = "\(steps)"
    let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
    return "\(path)/step-\(zeros)\(digits).safetensors"
  }

  private func numbers() -> [Int] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var found: [Int] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { continue }
      if let number = Int(name.dropFirst(5).dropLast(12)) { found.append(number) }
    }
    return found
  }
}

/// Why checkpoints can't be read or written.
package enum CheckpointFolderError: Error, Hashable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case foreign(path: String, name: String)
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "can't go on from checkpoint '\(path)': \(reason). Remove it to go on from the one before"
    case .foreign(let path, let name):
      "'\(path)' is no checkpoint of Lattice: its tensor '\(name)' is not f32"
    case .unwritable(let path, let reason):
      "can't save checkpoint '\(path)': \(reason)"
    }
  }
}

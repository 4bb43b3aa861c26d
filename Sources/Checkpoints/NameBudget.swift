/// Counts tensors and the bytes of their names, so that a small file can't make many long ones.
struct NameBudget {
  private let limits: CheckpointLimits
  private let path: String
  private var entries = 0
  private var bytes = 0

  init(_ limits: CheckpointLimits, path: String) {
    self.limits = limits
    self.path = path
  }

  /// Takes in one more name.
  mutating func spend(on name: String) throws(CheckpointError) {
    entries += 1
    bytes += name.utf8.count
    guard name.utf8.count <= limits.nameBytes else {
      throw .nameTooLong(path: path, name: name, limit: limits.nameBytes)
    }
    guard entries <= limits.entries, bytes <= limits.allNameBytes else {
      throw .tooManyNames(path: path, limit: limits.entries, byteLimit: limits.allNameBytes)
    }
  }
}

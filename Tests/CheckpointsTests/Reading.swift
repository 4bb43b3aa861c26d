import Checkpoints
import FoundationEssentials

/// The elements of a tensor as they lie in memory.
func elements<Element: BitwiseCopyable>(
  _ checkpoint: Checkpoint, _ entry: CheckpointEntry, _ type: Element.Type
) throws -> [Element] {
  try checkpoint.withBytes(entry) { Array($0.bindMemory(to: type)) }
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

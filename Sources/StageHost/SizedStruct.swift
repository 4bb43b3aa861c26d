import Glibc

/// Reads a struct of the ABI as far as whoever filled it says it reaches; the fields beyond are zero.
///
/// - Parameters:
///   - pointer: What a plugin gave; as many bytes as it says are readable there.
///   - size: Its `struct_size`.
/// - Returns: The struct.
func sized<Table>(_ pointer: UnsafePointer<Table>, _ size: UInt32) -> Table {
  let whole = MemoryLayout<Table>.size
  return withUnsafeTemporaryAllocation(
    byteCount: whole, alignment: MemoryLayout<Table>.alignment
  ) { memory in
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    memory.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: min(whole, Int(size))))
    return memory.load(as: Table.self)
  }
}

/// Ranks that tensors can have.
let knownRanks = 0...Int32(32)

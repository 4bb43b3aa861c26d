import Glibc
import TensorCore

/// Tensors that have a shape and no memory of their own: all of them read as zeros from one page.
enum UnsetValues {
  static func tensor(_ shape: Shape) -> Tensor {
    let bytes = max(shape.count * 4, 1)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, bytes, PROT_READ, flags, -1, 0), memory != MAP_FAILED else {
      return Tensor.zeros(shape)
    }
    let address = UInt(bitPattern: memory)
    let storage = TensorStorage(borrowing: memory, byteCount: bytes) {
      if let memory = UnsafeMutableRawPointer(bitPattern: address) { munmap(memory, bytes) }
    }
    return Tensor(storage: storage, shape: shape, type: .f32)
  }
}

package import CStageABI
import Glibc
package import JobModel

/// A dense tensor in memory of the host, or in a plugin's that gave it away.
///
/// Stages get pointers into it; it is freed when nobody holds it any more.
// Written by one stage before others read it; the memory never moves.
package final class HostTensor: @unchecked Sendable {
  package let type: ElementType
  package let shape: [Int]
  /// 256-byte aligned when the host's own; nil when a size is 0.
  package let data: UnsafeMutableRawPointer?
  /// What the ABI sees; its shape and strides live as long as this object.
  package let view: UnsafeMutablePointer<DLTensor>

  /// The pages around it, if it has any.
  package let block: GuardedBlock?

  private let sizes: UnsafeMutablePointer<Int64>
  private let release: () -> Void

  package static let alignment = 256

  /// Bytes of a tensor; nil when they can't be counted.
  package static func byteCount(_ type: ElementType, _ shape: [Int]) -> Int? {
    var bytes = type.byteCount
    for size in shape {
      // A size of 0 must not hide that the strides beside it overflow.
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(1, size))
      guard !overflow, size >= 0 else { return nil }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes
  }

  /// Makes a zeroed tensor; nil when the account or the system has no memory for it.
  package convenience init?(_ type: ElementType, _ shape: [Int], account: MemoryAccount) {
    guard let bytes = Self.byteCount(type, shape), account.take(bytes) else { return nil }
    guard bytes > 0 else {
      self.init(type, shape, data: nil) {}
      return
    }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, Self.alignment, bytes) == 0, let memory else {
      account.give(bytes)
      return nil
    }
    memset(memory, 0, bytes)
    self.init(type, shape, data: memory) {
      free(memory)
      account.give(bytes)
    }
  }

  /// Wraps memory that `release` frees.
  package init(
    _ type: ElementType, _ shape: [Int], data: UnsafeMutableRawPointer?,
    block: GuardedBlock? = nil, release: @escaping () -> Void
  ) {
    self.block = block
    self.type = type
    self.shape = shape
    self.data = data
    self.release = release
    let rank = shape.count
    sizes = .allocate(capacity: max(1, rank * 2))
    var stride: Int64 = 1
    for index in shape.indices.reversed() {
      sizes[index] = Int64(shape[index])
      sizes[rank + index] = stride
      stride *= Int64(shape[index])
    }
    view = .allocate(capacity: 1)
    view.initialize(
      to: DLTensor(
        data: data, device: DLDevice(device_type: kDLCPU, device_id: 0), ndim: Int32(rank),
        dtype: type.dataType, shape: rank == 0 ? nil : sizes,
        strides: rank == 0 ? nil : sizes + rank, byte_offset: 0))
  }

  deinit {
    release()
    view.deallocate()
    sizes.deallocate()
  }

  package var byteCount: Int { Self.byteCount(type, shape) ?? 0 }

  /// Bytes of one item: everything but the first dimension.
  package var rowByteCount: Int { byteCount / max(1, shape.first ?? 1) }

  /// A tensor of the rows `kept` alone, in that order; nil when there is no memory.
  package func rows(_ kept: [Int], account: MemoryAccount) -> HostTensor? {
    guard let copy = HostTensor(type, [kept.count] + shape.dropFirst(), account: account) else {
      return nil
    }
    let bytes = rowByteCount
    guard let source = data, let target = copy.data else { return copy }
    for (index, row) in kept.enumerated() {
      memcpy(target + index * bytes, source + row * bytes, bytes)
    }
    return copy
  }

  /// A managed tensor for a plugin; read-only, keeps this object alive until its deleter is called.
  package func managed() -> UnsafeMutablePointer<DLManagedTensorVersioned> {
    let managed = UnsafeMutablePointer<DLManagedTensorVersioned>.allocate(capacity: 1)
    managed.initialize(
      to: DLManagedTensorVersioned(
        version: DLPackVersion(
          major: UInt32(DLPACK_MAJOR_VERSION), minor: UInt32(DLPACK_MINOR_VERSION)),
        manager_ctx: Unmanaged.passRetained(self).toOpaque(),
        deleter: { managed in
          guard let managed else { return }
          if let context = managed.pointee.manager_ctx {
            Unmanaged<HostTensor>.fromOpaque(context).release()
          }
          managed.deallocate()
        }, flags: UInt64(DLPACK_FLAG_BITMASK_READ_ONLY), dl_tensor: view.pointee))
    return managed
  }
}

extension HostTensor {
  /// The rows of several tensors in one; nil when types or row sizes differ or there is no memory.
  package static func joined(_ parts: [HostTensor], account: MemoryAccount) -> HostTensor? {
    guard let first = parts.first,
      parts.allSatisfy({ $0.type == first.type && $0.shape.dropFirst() == first.shape.dropFirst() })
    else { return nil }
    let rows = parts.reduce(0) { $0 + ($1.shape.first ?? 0) }
    guard let whole = HostTensor(first.type, [rows] + first.shape.dropFirst(), account: account)
    else { return nil }
    var offset = 0
    for part in parts {
      if let source = part.data, let target = whole.data {
        memcpy(target + offset, source, part.byteCount)
      }
      offset += part.byteCount
    }
    return whole
  }
}

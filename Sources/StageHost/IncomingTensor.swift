import CStageABI
import Glibc
import JobModel

/// Takes a tensor that a plugin gives away.
enum IncomingTensor {
  /// Why a given tensor can't be taken.
  struct Refusal: Error {
    var code = StageFailure.Code.internal
    let message: String
  }

  /// Consumes `managed` in every case: wraps it when it is dense and aligned, copies it otherwise.
  static func take(
    _ managed: UnsafeMutablePointer<DLManagedTensorVersioned>, account: MemoryAccount
  ) throws(Refusal) -> HostTensor {
    let version = managed.pointee.version
    guard version.major == UInt32(DLPACK_MAJOR_VERSION) else {
      managed.pointee.deleter?(managed)
      throw Refusal(
        message: "gives a tensor of DLPack \(version.major).\(version.minor), this host takes 1.x")
    }
    let tensor = managed.pointee.dl_tensor
    do throws(Refusal) {
      let (type, shape) = try checked(tensor)
      guard let bytes = HostTensor.byteCount(type, shape) else {
        throw Refusal(message: "gives a tensor whose size overflows")
      }
      let start = try start(of: tensor)
      guard bytes == 0 || start != nil else {
        throw Refusal(message: "gives a tensor of \(bytes) bytes without data")
      }
      let isAligned = Int(bitPattern: start) % type.byteCount == 0
      if isDense(tensor, shape), isAligned {
        return HostTensor(type, shape, data: bytes == 0 ? nil : start) {
          managed.pointee.deleter?(managed)
        }
      }
      guard let copy = HostTensor(type, shape, account: account) else {
        throw Refusal(
          code: .noMemory,
          message: "gives a tensor of \(bytes) bytes, more than the job's memory limit")
      }
      try copyStrided(tensor, start, shape, into: copy)
      managed.pointee.deleter?(managed)
      return copy
    } catch {
      managed.pointee.deleter?(managed)
      throw error
    }
  }

  private static func checked(_ tensor: DLTensor) throws(Refusal) -> (ElementType, [Int]) {
    guard tensor.device.device_type == kDLCPU else {
      throw Refusal(
        message:
          "gives a tensor on device type \(tensor.device.device_type.rawValue), Lattice takes CPU memory (1) only"
      )
    }
    guard let type = ElementType(tensor.dtype) else {
      let dtype = tensor.dtype
      throw Refusal(
        message:
          "gives a tensor of type code \(dtype.code), \(dtype.bits) bits, \(dtype.lanes) lanes, which can't cross between stages"
      )
    }
    guard knownRanks.contains(tensor.ndim), tensor.ndim == 0 || tensor.shape != nil else {
      throw Refusal(message: "gives a tensor of rank \(tensor.ndim) without sizes")
    }
    let shape = (0..<Int(tensor.ndim)).map { Int(tensor.shape[$0]) }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw Refusal(message: "gives a tensor with a negative size: \(shape)")
    }
    return (type, shape)
  }

  /// Where the first element lies.
  private static func start(of tensor: DLTensor) throws(Refusal) -> UnsafeMutableRawPointer? {
    guard let data = tensor.data else { return nil }
    guard let offset = UInt(exactly: tensor.byte_offset) else { return nil }
    let (address, overflow) = UInt(bitPattern: data).addingReportingOverflow(offset)
    guard !overflow, let start = UnsafeMutableRawPointer(bitPattern: address) else {
      throw Refusal(
        message: "gives a tensor whose byte_offset of \(tensor.byte_offset) leads out of memory")
    }
    return start
  }

  /// True when the elements lie row-major without gaps; strides of size-1 dimensions do not matter.
  private static func isDense(_ tensor: DLTensor, _ shape: [Int]) -> Bool {
    guard let strides = tensor.strides else { return true }
    var expected = 1
    for index in shape.indices.reversed() {
      if shape[index] != 1 && Int(strides[index]) != expected { return false }
      expected *= shape[index]
    }
    return true
  }

  private static func copyStrided(
    _ tensor: DLTensor, _ start: UnsafeMutableRawPointer?, _ shape: [Int], into copy: HostTensor
  ) throws(Refusal) {
    guard let start, let target = copy.data else { return }
    let bytes = copy.type.byteCount
    var dense = [Int](repeating: 1, count: shape.count)
    for index in shape.indices.dropLast().reversed() {
      dense[index] = dense[index + 1] * shape[index + 1]
    }
    let strides = tensor.strides.map { strides in shape.indices.map { Int(strides[$0]) } } ?? dense
    guard reach(shape, strides, bytes) != nil else {
      throw Refusal(message: "gives a tensor whose strides \(strides) lead out of memory")
    }
    let count = shape.reduce(1, *)
    var position = [Int](repeating: 0, count: shape.count)
    for element in 0..<count {
      let offset = zip(position, strides).reduce(0) { $0 + $1.0 * $1.1 }
      memcpy(target + element * bytes, start + offset * bytes, bytes)
      for index in shape.indices.reversed() {
        position[index] += 1
        if position[index] < shape[index] { break }
        position[index] = 0
      }
    }
  }

  /// Bytes between the first and the farthest element, in any direction; nil when they can't be counted.
  private static func reach(_ shape: [Int], _ strides: [Int], _ bytes: Int) -> Int? {
    var sum: UInt = 0
    for (size, stride) in zip(shape, strides) where size > 1 {
      let (product, isTooFar) = stride.magnitude.multipliedReportingOverflow(by: UInt(size - 1))
      let (total, overflow) = sum.addingReportingOverflow(product)
      guard !isTooFar, !overflow else { return nil }
      sum = total
    }
    let (all, overflow) = sum.multipliedReportingOverflow(by: UInt(bytes))
    return overflow ? nil : Int(exactly: all)
  }
}

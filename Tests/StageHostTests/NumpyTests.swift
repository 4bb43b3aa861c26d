import Foundation
import Glibc
import JobModel
import StageHost
import Testing

/// Proof that the tensor structs of lattice_stage.h are laid out as DLPack's: numpy reads ours and we read numpy's.
///
/// A small C library, made from our header alone, stands for Lattice; Python reaches it through `ctypes`.
@Suite struct NumpyTests {
  /// Every `python3` of this machine that has numpy.
  private static let interpreters: [String] = ["python3", "/usr/bin/python3"].filter { python in
    (try? PluginWorkshop.run([python, "-c", "import numpy"]))?.code == 0
  }

  private static func bridge() throws -> String {
    try PluginWorkshop.build(
      ["cc"], "\(PluginWorkshop.fixtures)/dlpack/bridge.c", [],
      to: "\(PluginWorkshop.folder)/libbridge.so")
  }

  private let toNumpy = """
    u8: uint8 (2, 3) (3, 1) = 1 2 3 253 254 255
    u16: uint16 (2, 3) (6, 2) = 1 2 3 65533 65534 65535
    i32: int32 (2, 3) (12, 4) = 1 -2 3 -4 2147483647 -2147483648
    i64: int64 (2, 3) (24, 8) = 1 -2 3 -4 9223372036854775807 -9223372036854775808
    f16: float16 (2, 3) (6, 2) = 1.0 -2.0 0.5 65504.0 5.960464477539063e-08 0.0
    f32: float32 (2, 3) (12, 4) = 1.0 -2.0 0.5 1.25 16777216.0 0.125
    f64: float64 (2, 3) (24, 8) = 1.0 -2.0 0.5 1.25 9007199254740992.0 0.125
    picture: float32 (1, 2, 1, 3) (24, 12, 12, 4) = 1.0 -2.0 0.5 1.25 16777216.0 0.125
    transposed: float32 (3, 2) (4, 12) = 1.0 1.25 -2.0 16777216.0 0.5 0.125
    every-second: float32 (4,) (8,) = 1.0 0.5 16777216.0 7.0
    offset: float32 (2,) (4,) = 7.0 8.0
    scalar: float32 () () = 1.0
    """

  private let fromNumpy = """
    u8: device 1 type 1/8/1 2:3 3:1 = 1 2 3 4 5 6
    u16: device 1 type 1/16/1 2:3 3:1 = 0x0001 0x0002 0x0003 0x0004 0x0005 0x0006
    i32: device 1 type 0/32/1 2:3 3:1 = 1 2 3 4 5 6
    i64: device 1 type 0/64/1 2:3 3:1 = 1 2 3 4 5 6
    f16: device 1 type 2/16/1 2:3 3:1 = 0x3c00 0x4000 0x4200 0x4400 0x4500 0x4600
    f32: device 1 type 2/32/1 2:3 3:1 = 1 2 3 4 5 6
    f64: device 1 type 2/64/1 2:3 3:1 = 1 2 3 4 5 6
    transposed: device 1 type 2/32/1 4:1 3:4 = 0 4 8 1 5 9 2 6 10 3 7 11
    slice: device 1 type 2/32/1 2:4 2:2 = 4 6 8 10
    reversed: device 1 type 2/32/1 3:-4 = 8 4 0
    scalar: device 1 type 2/64/1 = 2.5
    """

  @Test(arguments: ["dltensor", "dltensor_versioned"])
  func handsTensorsToNumpyAndBack(kind: String) throws {
    try #require(
      !Self.interpreters.isEmpty,
      "no python3 of this machine can import numpy, which proves the tensor layout; install it: apt-get install -y python3-numpy"
    )
    let isVersioned = kind == "dltensor_versioned"
    let given = toNumpy.split(separator: "\n").map { "\($0); same address; alive 1 then 0" }
    let taken = fromNumpy.split(separator: "\n").map { line in
      let head = isVersioned ? ": major 1 writable device" : ": device"
      return "\(line.replacing(": device", with: head)); same address; given back 1"
    }
    for python in Self.interpreters {
      let output = try PluginWorkshop.run([
        python, "\(PluginWorkshop.fixtures)/dlpack/with_numpy.py", try Self.bridge(), kind,
      ])
      #expect(output.code == 0, "\(python): \(output.text)")
      let lines = output.text.split(separator: "\n").map { String($0) }
      // numpy before 2.1 can't make or take the versioned struct; it is then proven by the unversioned one's parts.
      if isVersioned, lines == ["too old for dltensor_versioned"] { continue }
      #expect(lines == given + taken, "\(python)")
    }
  }

  /// The same C code reads a tensor that Swift made.
  @Test func readsTensorsOfTheHost() throws {
    let account = MemoryAccount(limit: .max)
    do {
      let tensor = try #require(HostTensor(.f32, [2, 3], account: account))
      for index in 0..<6 {
        tensor.data?.storeBytes(of: Float(index) / 2, toByteOffset: index * 4, as: Float.self)
      }
      let handle = dlopen(try Self.bridge(), RTLD_NOW)
      let symbol = try #require(dlsym(handle, "bridge_read"))
      typealias Read =
        @convention(c) (
          UnsafeMutableRawPointer, Int32, UnsafeMutablePointer<CChar>, UInt64
        ) -> Void
      let read = unsafeBitCast(symbol, to: Read.self)
      let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { room in
        room.baseAddress.map { start in
          read(tensor.managed(), 0, start, 200)
          return String(cString: start)
        }
      }
      #expect(
        text == "major 1 read-only device 1 type 2/32/1 2:3 3:1 = 0 0.5 1 1.5 2 2.5")
      #expect(account.usedBytes == 24)
    }
    #expect(account.usedBytes == 0)
  }
}

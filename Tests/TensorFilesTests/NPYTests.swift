import FoundationEssentials
import TensorFiles
import Testing

@Suite struct NPYTests {
  private func values<Element>(_ path: String, _ type: Element.Type) throws -> [Element] {
    let reader = try TensorFileReader(path: path)
    let entry = try reader.entry(nil)
    return try [Element](unsafeUninitializedCapacity: entry.count) { buffer, count in
      try reader.read(
        entry,
        into: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<entry.byteCount]))
      count = entry.count
    }
  }

  /// The bytes `numpy.save` writes for arange(6, dtype=int32).reshape(2, 3).
  @Test func writesWhatNumPyWrites() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/a.npy"
    let numbers: [Int32] = [0, 1, 2, 3, 4, 5]
    try numbers.withUnsafeBytes {
      try TensorFileWriter.writeNPY(.init(type: .i32, shape: [2, 3], memory: $0), to: path)
    }
    let header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    let expected = npy(padded, numbers.withUnsafeBytes { Array($0) })
    #expect(Array(try Data(contentsOf: URL(filePath: path))) == expected)
    #expect(try values(path, Int32.self) == numbers)
  }

  /// What `numpy.save` writes of ml_dtypes' bfloat16, and what comes back as the same bits.
  @Test func bf16IsThatOfNumPyAndComesBack() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/b.npy"
    let bits: [UInt16] = [0x3F80, 0xBF80, 0x7FC0, 0x0001]
    try bits.withUnsafeBytes {
      try TensorFileWriter.writeNPY(.init(type: .bf16, shape: [4], memory: $0), to: path)
    }
    let start = String(decoding: try Data(contentsOf: URL(filePath: path))[10..<30], as: UTF8.self)
    #expect(start == "{'descr': '<V2', 'fo")
    #expect(try TensorFileReader(path: path).entry(nil).type == .bf16)
    #expect(try values(path, UInt16.self) == bits)
  }

  @Test(arguments: [
    ("'<U5'", "'<U5', texts"), ("'<M8[ns]'", "'<M8[ns]', times"),
    ("'|V4'", "'|V4', bytes without a type"), ("'|O'", "'|O', Python objects"),
    ("'<f16'", "'<f16'"),
  ])
  func otherTypesAreNamed(descriptor: String, named: String) throws {
    let file = npy("{'descr': \(descriptor), 'fortran_order': False, 'shape': (2,), }")
    #expect(
      try Scratch().fault(file)
        == "'x' holds elements of type \(named), which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    )
  }

  @Test func recordsAreNamed() throws {
    let file = npy(
      "{'descr': [('x', '<f4'), ('y', '<f4', (3,))], 'fortran_order': False, 'shape': (2,), }")
    #expect(
      try Scratch().fault(file)
        == "'x' holds records (structured elements with the fields 'x', 'y'), which Lattice doesn't read; save each field as an array of its own"
    )
  }

  @Test func readsFortranOrderAndBigEndian() throws {
    let scratch = try Scratch()
    // [[1, 2, 3], [4, 5, 6]] column by column, most significant byte first.
    let data: [UInt8] = [0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6]
    let file = npy("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3), }\n", data)
    #expect(try values(try scratch.write("f.npy", file), UInt16.self) == [1, 2, 3, 4, 5, 6])
  }

  @Test func scalarsAndEmptyTensors() throws {
    let scratch = try Scratch()
    let scalar = npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", [0, 0, 0x80, 0x3F])
    #expect(try values(try scratch.write("s.npy", scalar), Float.self) == [1])
    let empty = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 7), }")
    #expect(try TensorFileReader(path: scratch.write("e.npy", empty)).entries[0].shape == [0, 7])
  }

  @Test func faultsAreSentences() throws {
    let scratch = try Scratch()
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    #expect(try scratch.fault(npy(good, [UInt8](repeating: 0, count: 8))) == nil)
    #expect(
      try scratch.fault(npy(good, [0, 0, 0]))
        == "'x' ends early: its header promises \(10 + good.count + 8) bytes, the file has \(13 + good.count)"
    )
    #expect(
      try scratch.fault(npy("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }"))
        == "'x' holds elements of type '<c8', complex numbers, which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    )
    #expect(
      try scratch.fault(npy("{'descr': '<f4', 'shape': (2,)}"))
        == "'x' is no sound .npy file: its header must have 'descr', 'fortran_order' and 'shape', each of the right kind"
    )
    #expect(
      try scratch.fault(npy("import os"))
        == "'x' is no sound .npy file: its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    )
    let huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"
    #expect(
      try scratch.fault(npy(huge))
        == "'x' is no sound .npy file: the shape [4294967296, 4294967296] is no possible size")
    var version = npy(good)
    version[6] = 9
    #expect(
      try scratch.fault(version)
        == "'x' is no sound .npy file: version 9 of the format is not known")
    #expect(
      try scratch.fault(Array("hello, this is text".utf8))
        == "'x' is neither .npy nor .safetensors, going by its first bytes")
    #expect(
      try scratch.fault([]) == "'x' is neither .npy nor .safetensors, going by its first bytes")
    let missing = #expect(throws: TensorFileError.self) {
      try TensorFileReader(path: "/nonexistent/a.npy")
    }
    #expect(missing?.description == "can't read '/nonexistent/a.npy': No such file or directory")
  }
}

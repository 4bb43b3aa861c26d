/// `.npy` files that lie.
enum HostileNPY {
  private static let wrong = "'x' is no sound .npy file: "
  private static let types =
    "save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"

  private static func header(
    _ type: String = "'<f4'", _ shape: String = "(2,)", order: String = "False"
  ) -> String { "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }" }

  static let cases = [
    HostileCase("cut in the magic", "'x' ends early: its header promises 128 bytes, the file has 8")
    {
      Array(npy(header())[..<8])
    },
    HostileCase("header cut short", "'x' ends early: its header promises 67 bytes, the file has 30")
    {
      Array(npy(header())[..<30])
    },
    HostileCase("data cut short", "'x' ends early: its header promises 75 bytes, the file has 71") {
      npy(header(), [0, 0, 0, 0])
    },
    HostileCase("bytes after the array", wrong + "1 bytes follow its array") {
      npy(header(), [UInt8](repeating: 0, count: 9))
    },
    HostileCase("version 9", wrong + "version 9 of the format is not known") {
      var bytes = npy(header())
      bytes[6] = 9
      return bytes
    },
    HostileCase("header of 4 GiB", wrong + "its header claims 4294967295 bytes") {
      [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255] + Array("{}".utf8)
    },
    HostileCase(
      "program in the header",
      wrong + "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    ) {
      npy("__import__('os').abort()")
    },
    HostileCase("header that is no text", wrong + "its header is not text") {
      [0x93] + Array("NUMPY".utf8) + [1, 0, 4, 0, 0xFF, 0xFE, 0xFF, 0xFE]
    },
    HostileCase(
      "pickled objects",
      "'x' holds elements of type '|O', Python objects, which Lattice doesn't read; \(types)"
    ) {
      npy(header("'|O'"))
    },
    HostileCase(
      "complex numbers",
      "'x' holds elements of type '<c8', complex numbers, which Lattice doesn't read; \(types)"
    ) {
      npy(header("'<c8'"))
    },
    HostileCase(
      "records",
      "'x' holds records (structured elements with the fields 'a', 'b'), which Lattice doesn't read; save each field as an array of its own"
    ) {
      npy(header("[('a', '<f4'), ('b', [('c', '<i2'), ('d', '|S3', (2, 2))])]"))
    },
    HostileCase(
      "records a million deep",
      wrong + "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    ) {
      [0x93] + Array("NUMPY".utf8) + [2, 0, 0, 0, 8, 0] + Array("{'descr': ".utf8)
        + [UInt8](repeating: UInt8(ascii: "["), count: 524_288 - 10)
    },
    HostileCase(
      "shape that overflows", wrong + "the shape [4294967296, 4294967296, 1] is no possible size"
    ) {
      npy(header("'<f4'", "(4294967296, 4294967296, 1)"))
    },
    HostileCase(
      "an array of 64 PiB",
      "'x' ends early: its header promises 72057594037928019 bytes, the file has 83"
    ) {
      npy(header("'<f4'", "(18014398509481984,)"))
    },
    HostileCase(
      "negative size",
      wrong + "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    ) {
      npy(header("'<f4'", "(-2,)"))
    },
    HostileCase(
      "a hundred sizes",
      wrong + "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    ) {
      npy(header("'<f4'", "(\(String(repeating: "1,", count: 100)))"))
    },
    HostileCase(
      "no order",
      wrong + "its header must have 'descr', 'fortran_order' and 'shape', each of the right kind"
    ) {
      npy("{'descr': '<f4', 'shape': (2,), }")
    },
    HostileCase(
      "a key twice",
      wrong + "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
    ) {
      npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")
    },
  ]
}

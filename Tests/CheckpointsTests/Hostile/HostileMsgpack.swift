import Checkpoints

/// msgpack files that lie, or that flax wouldn't write.
enum HostileMsgpack {
  private static let wrong = "'x' is no sound flax msgpack file: "
  private static let eight = [UInt8](repeating: 0, count: 8)

  static let cases: [HostileCase] = claims + structure + arrays

  private static let claims = [
    HostileCase(
      "bytes of an array cut short",
      wrong
        + "the value at byte 3 needs 34 more bytes, there are 30; the file was probably cut short, copy it again"
    ) { Array(Msgpack.map(("a", Msgpack.array([2], eight))).dropLast(4)).dropFirst(0).map(\.self) },
    HostileCase(
      "map of 2^32 - 1 members",
      wrong
        + "the value at byte 5 needs 1 more bytes, there are 0; the file was probably cut short, copy it again"
    ) { [0xDF, 255, 255, 255, 255] },
    HostileCase(
      "array of 2^32 - 1 values",
      wrong
        + "the value at byte 8 needs 1 more bytes, there are 0; the file was probably cut short, copy it again"
    ) { [0x81] + Msgpack.text("a") + [0xDD, 255, 255, 255, 255] },
    HostileCase(
      "4 GiB of bytes",
      wrong
        + "the value at byte 3 needs 4294967295 more bytes, there are 0; the file was probably cut short, copy it again"
    ) { [0x81] + Msgpack.text("a") + [0xC6, 255, 255, 255, 255] },
    HostileCase(
      "name of 4 GiB",
      wrong
        + "the value at byte 1 needs 4294967295 more bytes, there are 1; the file was probably cut short, copy it again"
    ) { [0x81, 0xDB, 255, 255, 255, 255, 0x61] },
    HostileCase(
      "number cut short",
      wrong
        + "the value at byte 3 needs 8 more bytes, there are 2; the file was probably cut short, copy it again"
    ) { [0x81] + Msgpack.text("a") + [0xCB, 0, 0] },
  ]

  private static let structure = [
    HostileCase("a byte that starts nothing", wrong + "the byte 193 at byte 3 starts no value") {
      [0x81] + Msgpack.text("a") + [0xC1]
    },
    HostileCase("maps 70 deep", wrong + "at byte 192 it is nested more than 64 levels deep") {
      (0..<70).reduce([]) { bytes, _ in bytes + [0x81] + Msgpack.text("a") } + [0xC0]
    },
    HostileCase("arrays a million deep", wrong + "at byte 66 it is nested more than 64 levels deep")
    {
      [0x81] + Msgpack.text("a") + [UInt8](repeating: 0x91, count: 1 << 20)
    },
    HostileCase("more after the tree", wrong + "2 bytes follow its end at byte 1") {
      [0x80, 0xC0, 0xC0]
    },
    HostileCase("key that is a number", wrong + "the key at byte 1 is no text") {
      [0x81, 7, 0xC0]
    },
    HostileCase("key that is no UTF-8", wrong + "the text at byte 2 is not UTF-8") {
      [0x81, 0xA2, 0xFF, 0xFE, 0xC0]
    },
    HostileCase("text that is no UTF-8", wrong + "the text at byte 4 is not UTF-8") {
      [0x81] + Msgpack.text("a") + [0xA2, 0xFF, 0xFE]
    },
    HostileCase("a name twice", "'x' has two tensors 'a'; which of them is meant can't be told") {
      Msgpack.map(("a", Msgpack.number(1)), ("a", Msgpack.number(2)))
    },
    HostileCase(
      "a path twice, by another way",
      "'x' has two tensors 'a/b'; which of them is meant can't be told"
    ) { Msgpack.map(("a", Msgpack.map(("b", Msgpack.number(1)))), ("a/b", Msgpack.number(2))) },
    HostileCase(
      "a key of 5000 bytes",
      "'x' has the name '\(String(repeating: "n", count: 50))…\(String(repeating: "n", count: 50))' of 5000 bytes, more than the limit of 4096"
    ) { Msgpack.map((String(repeating: "n", count: 5000), [0xC0])) },
    HostileCase(
      "long names out of few bytes", limits: terse,
      "'x' has more than 1048576 names, or more than 10000 bytes of them"
    ) {
      let values: [UInt8] = [0xDC, 0, 200] + [UInt8](repeating: 0xC0, count: 200)
      return Msgpack.map((String(repeating: "n", count: 100), values))
    },
    HostileCase(
      "nothing a million times", limits: HostileSafetensors.few,
      "'x' has more than 10 names, or more than 67108864 bytes of them"
    ) {
      [0x81] + Msgpack.text("a") + [0xDD, 0, 16, 0, 0] + [UInt8](repeating: 0xC0, count: 1 << 20)
    },
  ]

  private static let arrays = [
    HostileCase(
      "an unknown extension",
      wrong
        + "'a', at byte 9, is of extension type 5; only 1 (array), 2 (complex number) and 3 (scalar) are known"
    ) { Msgpack.map(("a", Msgpack.extended(5, []))) },
    HostileCase(
      "array without its type",
      wrong + "array 'a', at byte 9, must be three values, its shape, its type's name and its bytes"
    ) { Msgpack.map(("a", Msgpack.extended(1, Msgpack.list(Msgpack.list(), Msgpack.bytes([]))))) },
    HostileCase(
      "array with more after it",
      wrong + "array 'a', at byte 9, must be three values, its shape, its type's name and its bytes"
    ) {
      let array = Msgpack.list(
        Msgpack.list(Msgpack.number(2)), Msgpack.text("float32"), Msgpack.bytes(eight))
      return Msgpack.map(("a", Msgpack.extended(1, array + [0xC0])))
    },
    HostileCase(
      "empty extension",
      wrong
        + "the value at byte 9 needs 1 more bytes, there are 0; the file was probably cut short, copy it again"
    ) { Msgpack.map(("a", Msgpack.extended(1, []))) },
    HostileCase(
      "bytes that reach beyond the extension",
      wrong
        + "the value at byte 19 needs 200 more bytes, there are 0; the file was probably cut short, copy it again"
    ) {
      let array = Msgpack.list([0x90], Msgpack.text("float32"), [0xC4, 200])
      return Msgpack.map(
        ("a", Msgpack.extended(1, array)), ("b", Msgpack.bytes([UInt8](repeating: 0, count: 300))))
    },
    HostileCase(
      "a hundred sizes", wrong + "array 'a', at byte 9, has 100 sizes, more than the limit of 64"
    ) {
      Msgpack.map(("a", Msgpack.array([Int](repeating: 1, count: 100), [0, 0, 0, 0])))
    },
    HostileCase(
      "negative size",
      wrong + "array 'a', at byte 9, has a size that is no whole number of at least 0"
    ) { Msgpack.map(("a", Msgpack.array([-2], eight))) },
    HostileCase(
      "shape that overflows",
      wrong
        + "array 'a', at byte 9, has the shape [4294967296, 4294967296], which is no possible size"
    ) { Msgpack.map(("a", Msgpack.array([1 << 32, 1 << 32], eight))) },
    HostileCase(
      "fewer bytes than the shape",
      wrong + "array 'a', at byte 9, has 8 bytes, its shape and type need 12"
    ) {
      Msgpack.map(("a", Msgpack.array([3], eight)))
    },
    HostileCase(
      "array of an exbibyte",
      wrong + "array 'a', at byte 9, has 8 bytes, its shape and type need 288230376151711744"
    ) { Msgpack.map(("a", Msgpack.array([1 << 56], eight))) },
    HostileCase(
      "objects",
      "'x' holds the tensor 'a' with elements of type 'object', which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    ) { Msgpack.map(("a", Msgpack.array([1], eight, type: "object"))) },
    HostileCase(
      "complex number of one part",
      wrong + "array 'a', at byte 9, must be two numbers, the real and the imaginary part"
    ) { Msgpack.map(("a", Msgpack.extended(2, Msgpack.list([0xCB] + eight)))) },
  ]

  private static var terse: CheckpointLimits {
    var limits = CheckpointLimits()
    limits.allNameBytes = 10_000
    return limits
  }
}

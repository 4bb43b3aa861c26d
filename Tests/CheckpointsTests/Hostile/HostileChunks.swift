/// Arrays in chunks that lie.
enum HostileChunks {
  private static let wrong = "'x' is no sound flax msgpack file: array 'a', which is in chunks, "
  private static let marker = "__msgpack_chunked_array__"
  private static let yes: [UInt8] = [0xC3]

  private static func one(_ values: Int = 1, _ type: String = "float32") -> [UInt8] {
    Msgpack.array(
      [values], [UInt8](repeating: 0, count: values * (type == "float32" ? 4 : 2)), type: type)
  }

  private static func chunked(_ shape: [UInt8], _ chunks: [UInt8]) -> [UInt8] {
    Msgpack.map(("a", Msgpack.map((marker, yes), ("shape", shape), ("chunks", chunks))))
  }

  static let cases = [
    HostileCase(
      "chunks: marker after other keys", wrong + "has other keys before the one that says so"
    ) {
      Msgpack.map(("a", Msgpack.map(("shape", Msgpack.row()), (marker, yes))))
    },
    HostileCase("chunks: unknown key", wrong + "has an unknown key 'size'") {
      Msgpack.map(("a", Msgpack.map((marker, yes), ("size", Msgpack.row()))))
    },
    HostileCase("chunks: a key twice", wrong + "has an unknown key 'shape'") {
      Msgpack.map(
        ("a", Msgpack.map((marker, yes), ("shape", Msgpack.row()), ("shape", Msgpack.row()))))
    },
    HostileCase("chunks: none given", wrong + "must have both 'shape' and 'chunks'") {
      Msgpack.map(("a", Msgpack.map((marker, yes), ("shape", Msgpack.row()))))
    },
    HostileCase("chunks: marker alone", wrong + "must have both 'shape' and 'chunks'") {
      Msgpack.map(("a", Msgpack.map((marker, yes))))
    },
    HostileCase(
      "chunks: negative size", wrong + "has a shape that is not made of whole numbers of at least 0"
    ) { chunked(Msgpack.row(Msgpack.number(-1)), Msgpack.row(one())) },
    HostileCase(
      "chunks: shape that is a list",
      wrong + "has a shape that is not made of whole numbers of at least 0"
    ) { chunked(Msgpack.list(Msgpack.number(1)), Msgpack.row(one())) },
    HostileCase(
      "chunks: shape that overflows",
      wrong + "has the shape [4294967296, 4294967296], which is no possible size"
    ) {
      chunked(Msgpack.row(Msgpack.number(1 << 32), Msgpack.number(1 << 32)), Msgpack.row(one()))
    },
    HostileCase(
      "chunks: a number left out",
      wrong + "has a number '2' that is repeated or not in the row 0, 1, 2…"
    ) { chunked(Msgpack.row(Msgpack.number(2)), Msgpack.map(("0", one()), ("2", one()))) },
    HostileCase(
      "chunks: a number twice",
      wrong + "has a number '0' that is repeated or not in the row 0, 1, 2…"
    ) { chunked(Msgpack.row(Msgpack.number(2)), Msgpack.map(("0", one()), ("0", one()))) },
    HostileCase(
      "chunks: a number written otherwise",
      wrong + "has a number '+1' that is repeated or not in the row 0, 1, 2…"
    ) { chunked(Msgpack.row(Msgpack.number(2)), Msgpack.map(("0", one()), ("+1", one()))) },
    HostileCase("chunks: something else", wrong + "has as chunk 0 something that is no array") {
      chunked(Msgpack.row(Msgpack.number(1)), Msgpack.row(Msgpack.text("x")))
    },
    HostileCase("chunks: a list", wrong + "has chunks that are not a map with the keys 0, 1, 2…") {
      chunked(Msgpack.row(Msgpack.number(1)), Msgpack.list(one()))
    },
    HostileCase("chunks: of two types", wrong + "has chunks of different types: f16, f32") {
      chunked(Msgpack.row(Msgpack.number(2)), Msgpack.row(one(), one(1, "float16")))
    },
    HostileCase(
      "chunks: too few elements", wrong + "has 2 elements in its chunks, its shape needs 3"
    ) {
      chunked(Msgpack.row(Msgpack.number(3)), Msgpack.row(one(), one()))
    },
    HostileCase("chunks: an empty row", wrong + "has no chunks, so that its type isn't known") {
      chunked(Msgpack.row(Msgpack.number(0)), Msgpack.row())
    },
    HostileCase(
      "chunks: 2^32 - 1 of them",
      "'x' is no sound flax msgpack file: the value at byte 61 needs 1 more bytes, there are 0; the file was probably cut short, copy it again"
    ) { chunked(Msgpack.row(Msgpack.number(1)), [0xDF, 255, 255, 255, 255]) },
  ]
}

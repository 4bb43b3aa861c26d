import Checkpoints

/// `.safetensors` files that lie.
enum HostileSafetensors {
  private static let wrong = "'x' is no sound .safetensors file: "

  private static func tensor(
    _ name: String = "a", _ shape: String = "[2]", _ place: String = "[0,8]",
    type: String = "\"F32\""
  ) -> String {
    #""\#(name)":{"dtype":\#(type),"shape":\#(shape),"data_offsets":\#(place)}"#
  }

  private static let eight = [UInt8](repeating: 0, count: 8)

  private static func of(_ members: String..., data: [UInt8] = eight) -> [UInt8] {
    safetensors("{\(members.joined(separator: ","))}", data)
  }

  static let cases: [HostileCase] = claims + places + shapes + json + names

  private static let claims = [
    HostileCase(
      "header cut short", "'x' ends early: its header promises 1008 bytes, the file has 9"
    ) {
      safetensors("{", length: 1000)
    },
    HostileCase(
      "header of exbibytes",
      wrong + "its header claims 9223372036854775807 bytes, more than the limit of 100000000"
    ) { safetensors("{}", length: UInt64(Int64.max)) },
    HostileCase(
      "header of 2^64 - 1 bytes",
      wrong + "its header claims 18446744073709551615 bytes, more than the limit of 100000000"
    ) { safetensors("{}", length: .max) },
    HostileCase(
      "header a byte too long",
      wrong + "its header claims 100000001 bytes, more than the limit of 100000000"
    ) { safetensors("{}", length: 100_000_001) },
    HostileCase(
      "header of no bytes",
      wrong + "its header is not the JSON it should be: '{' was expected at byte 0"
    ) { safetensors("{}", length: 0) },
    HostileCase("data cut short", "'x' ends early: its header promises 70 bytes, the file has 66") {
      of(tensor(), data: [0, 0, 0, 0])
    },
    HostileCase(
      "a tensor of tebibytes",
      "'x' ends early: its header promises 1099511627861 bytes, the file has 93"
    ) { of(tensor("a", "[274877906944]", "[0,1099511627776]")) },
  ]

  private static let places = [
    HostileCase("overlap", wrong + "there is a gap or an overlap before tensor 'b'") {
      of(tensor("a", "[1]", "[0,4]"), tensor("b", "[1]", "[2,6]"))
    },
    HostileCase("the same place twice", wrong + "there is a gap or an overlap before tensor 'b'") {
      of(tensor("a"), tensor("b"))
    },
    HostileCase("gap", wrong + "there is a gap or an overlap before tensor 'b'") {
      of(tensor("a", "[1]", "[0,4]"), tensor("b", "[0]", "[8,8]"))
    },
    HostileCase("bytes that no tensor has", wrong + "4 bytes follow the last tensor") {
      of(tensor("a", "[1]", "[0,4]"))
    },
    HostileCase(
      "place before the data", wrong + "the place of tensor 'a' doesn't agree with its shape [2]"
    ) { of(tensor("a", "[2]", "[-8,0]")) },
    HostileCase(
      "end before start", wrong + "the place of tensor 'a' doesn't agree with its shape [2]"
    ) { of(tensor("a", "[2]", "[8,0]")) },
    HostileCase(
      "place that overflows", wrong + "the place of tensor 'a' doesn't agree with its shape [2]"
    ) { of(tensor("a", "[2]", "[-9223372036854775808,9223372036854775807]")) },
    HostileCase(
      "three ends of a place", wrong + "tensor 'a' lacks 'dtype', 'shape' or 'data_offsets'"
    ) { of(tensor("a", "[2]", "[0,8,8]")) },
  ]

  private static let shapes = [
    HostileCase(
      "shape that needs more", wrong + "the place of tensor 'a' doesn't agree with its shape [3]"
    ) { of(tensor("a", "[3]")) },
    HostileCase(
      "negative size", wrong + "the place of tensor 'a' doesn't agree with its shape [-2]"
    ) { of(tensor("a", "[-2]")) },
    HostileCase(
      "shape whose product overflows to the right count",
      wrong + "the place of tensor 'a' doesn't agree with its shape [4294967296, 4294967296, 2]"
    ) { of(tensor("a", "[4294967296,4294967296,2]")) },
    HostileCase(
      "size that is no whole number",
      wrong
        + "its header is not the JSON it should be: a whole number of at most 63 bits was expected at byte 29"
    ) { of(tensor("a", "[2.0]")) },
    HostileCase(
      "size of 70 bits",
      wrong
        + "its header is not the JSON it should be: a whole number of at most 63 bits was expected at byte 29"
    ) { of(tensor("a", "[1180591620717411303424]")) },
    HostileCase(
      "a hundred sizes",
      wrong + "its header is not the JSON it should be: at most 64 numbers was expected at byte 157"
    ) { of(tensor("a", "[\([String](repeating: "1", count: 100).joined(separator: ","))]")) },
    HostileCase(
      "unknown type",
      "'x' holds the tensor 'a' with elements of type 'F128', which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    ) { of(tensor(type: "\"F128\"")) },
    HostileCase(
      "type that is a number",
      wrong
        + "its header is not the JSON it should be: a text in double quotes was expected at byte 14"
    ) { of(tensor(type: "32")) },
    HostileCase("no type", wrong + "tensor 'a' lacks 'dtype', 'shape' or 'data_offsets'") {
      of(#""a":{"shape":[2],"data_offsets":[0,8]}"#)
    },
  ]

  private static let json = [
    HostileCase(
      "JSON that doesn't end",
      wrong + "its header is not the JSON it should be: ',' or '}' was expected at byte 53"
    ) { safetensors("{\(tensor())", eight) },
    HostileCase(
      "more after the JSON",
      wrong + "its header is not the JSON it should be: nothing more was expected at byte 54"
    ) { safetensors("{\(tensor())}{}", eight) },
    HostileCase(
      "nesting a million deep",
      wrong
        + "its header is not the JSON it should be: no more than 16 levels of nesting was expected at byte 26"
    ) { of(#""a":{"x":\#(String(repeating: "[", count: 1 << 20))"#) },
    HostileCase(
      "a control character",
      wrong
        + "its header is not the JSON it should be: a control character written as \\u… was expected at byte 2"
    ) { of(tensor("\u{1}")) },
    HostileCase(
      "half a surrogate pair",
      wrong + "its header is not the JSON it should be: a pair of surrogates was expected at byte 8"
    ) { of(tensor("\\uD800")) },
    HostileCase(
      "bytes that are no UTF-8",
      wrong
        + "its header is not the JSON it should be: text that is UTF-8 before this was expected at byte 4"
    ) {
      let bytes = of(tensor("??"))
      return bytes.map { $0 == UInt8(ascii: "?") ? 0xFF : $0 }
    },
    HostileCase(
      "metadata that is a list",
      wrong + "its header is not the JSON it should be: '{' was expected at byte 16"
    ) {
      of(#""__metadata__":[1]"#)
    },
  ]

  private static let names = [
    HostileCase("a name twice", wrong + "its header has 'a' twice") {
      of(tensor("a", "[1]", "[0,4]"), tensor("a", "[1]", "[4,8]"))
    },
    HostileCase("a name twice, once escaped", wrong + "its header has 'a' twice") {
      of(tensor("a", "[1]", "[0,4]"), tensor("\\u0061", "[1]", "[4,8]"))
    },
    HostileCase("a key twice", wrong + "its header has 'shape' twice") {
      of(#""a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}"#)
    },
    HostileCase(
      "a name that would steer a terminal",
      wrong + "there is a gap or an overlap before tensor '\\u{1B}[2J'"
    ) { of(tensor("\\u001b[2J", "[0]", "[8,8]")) },
    HostileCase(
      "a name of 5000 bytes",
      "'x' has the name '\(String(repeating: "n", count: 50))…\(String(repeating: "n", count: 50))' of 5000 bytes, more than the limit of 4096"
    ) { of(tensor(String(repeating: "n", count: 5000))) },
    HostileCase(
      "more names than are read", limits: few,
      "'x' has more than 10 names, or more than 67108864 bytes of them"
    ) {
      of((0..<11).map { tensor("a\($0)", "[0]", "[0,0]") }.joined(separator: ","), data: [])
    },
  ]

  /// Patience for ten tensors.
  static var few: CheckpointLimits {
    var limits = CheckpointLimits()
    limits.entries = 10
    return limits
  }
}

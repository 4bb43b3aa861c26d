import FoundationEssentials
import TensorFiles
import Testing

@Suite struct SafetensorsTests {
  @Test func comesBackAsItWas() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    let weights: [Float] = [1, 2, 3, 4]
    let tokens: [Int64] = [-1, 1 << 40]
    try weights.withUnsafeBytes { weights in
      try tokens.withUnsafeBytes { tokens in
        try TensorFileWriter.writeSafetensors(
          [
            .init(name: "w", type: .f32, shape: [2, 2], memory: weights),
            .init(name: "t", type: .i64, shape: [2], memory: tokens),
          ], metadata: ["format": "lattice"], to: path)
      }
    }
    let reader = try TensorFileReader(path: path)
    #expect(reader.metadata == ["format": "lattice"])
    #expect(reader.entries.map(\.name) == ["w", "t"])
    #expect(reader.entries[0].offset.isMultiple(of: 8))
    var back = [Int64](repeating: 0, count: 2)
    try back.withUnsafeMutableBytes { try reader.read(try reader.entry("t"), into: $0) }
    #expect(back == tokens)
    let folder = scratch.path + "/"
    let missing = #expect(throws: TensorFileError.self) { try reader.entry("bias") }
    #expect(
      missing?.description.replacing(folder, with: "")
        == "'m.safetensors' has no tensor 'bias'; it has 'w', 't'")
    let several = #expect(throws: TensorFileError.self) { try reader.entry(nil) }
    #expect(
      several?.description.replacing(folder, with: "")
        == "'m.safetensors' has several tensors, name one: 'w', 't'")
  }

  /// A type is looked at when the tensor is wanted: others beside it are in nobody's way.
  @Test(arguments: ["F8_E4M3", "F4", "C64", "F6_E2M3"])
  func otherTypesBesideAreInNobodysWay(type: String) throws {
    let scratch = try Scratch()
    let data: [UInt8] = [9, 9, 9] + [0, 0, 0x80, 0x3F]
    let file = safetensors(
      #"{"q":{"dtype":"\#(type)","shape":[6],"data_offsets":[0,3]},"t":{"dtype":"F32","shape":[1],"data_offsets":[3,7]}}"#,
      data)
    let reader = try TensorFileReader(path: try scratch.write("x", file))
    #expect(reader.entries.map(\.name) == ["t"] && reader.foreign == ["q": type])
    var value: [Float] = [0]
    try value.withUnsafeMutableBytes { try reader.read(try reader.entry("t"), into: $0) }
    #expect(value == [1])
    let folder = scratch.path + "/"
    let kind = type == "C64" ? ", complex numbers" : ""
    let fault = #expect(throws: TensorFileError.self) { try reader.entry("q") }
    #expect(
      fault?.description.replacing(folder, with: "")
        == "'x' holds the tensor 'q' with elements of type '\(type)'\(kind), which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    )
    let several = #expect(throws: TensorFileError.self) { try reader.entry(nil) }
    #expect(
      several?.description.replacing(folder, with: "")
        == "'x' has several tensors, name one: 't', 'q'")
  }

  /// Some programs write null, or numbers among the texts.
  @Test(arguments: ["null", #"{"k":1,"format":"pt"}"#, #"{"k":null,"l":[{"m":1.5}]}"#])
  func metadataOfOthers(metadata: String) throws {
    let scratch = try Scratch()
    let file = safetensors(
      #"{"__metadata__":\#(metadata),"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [7])
    let reader = try TensorFileReader(path: try scratch.write("x", file))
    #expect(reader.entries.map(\.name) == ["t"])
    #expect(reader.metadata == (metadata.contains("pt") ? ["format": "pt"] : [:]))
  }

  @Test func headersAreNotTrusted() throws {
    let scratch = try Scratch()
    func tensor(_ name: String, _ shape: String, _ from: Int, _ to: Int) -> String {
      #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(from),\#(to)]}"#
    }
    let eight = [UInt8](repeating: 0, count: 8)
    #expect(try scratch.fault(safetensors("{\(tensor("a", "[2]", 0, 8))}", eight)) == nil)
    let wrong = "'x' is no sound .safetensors file: "
    #expect(
      try scratch.fault(safetensors("{\(tensor("a", "[3]", 0, 8))}", eight))
        == wrong + "the place of tensor 'a' doesn't agree with its shape [3]")
    #expect(
      try scratch.fault(safetensors("{\(tensor("a", "[-2]", 0, 8))}", eight))
        == wrong + "the place of tensor 'a' doesn't agree with its shape [-2]")
    #expect(
      try scratch.fault(
        safetensors("{\(tensor("a", "[1]", 0, 4)),\(tensor("b", "[1]", 2, 6))}", eight))
        == wrong + "there is a gap or an overlap before tensor 'b'")
    #expect(
      try scratch.fault(safetensors("{\(tensor("a", "[1]", 0, 4))}", eight))
        == wrong + "4 bytes follow the last tensor")
    #expect(
      try scratch.fault(safetensors(#"{"a":{"dtype":"F32"}}"#, eight))
        == wrong + "tensor 'a' lacks 'dtype', 'shape' or 'data_offsets'")
    #expect(
      try scratch.fault(safetensors("{not json", eight))
        == wrong
        + "its header is not the JSON it should be: a text in double quotes was expected at byte 1")
    let long = "{\(tensor("a", "[1000]", 0, 4000))}"
    #expect(
      try scratch.fault(safetensors(long, eight))
        == "'x' ends early: its header promises \(8 + long.utf8.count + 4000) bytes, the file has \(16 + long.utf8.count)"
    )
    #expect(
      try scratch.fault([255, 255, 255, 255, 255, 255, 255, 127, 0x7B, 0x7D])
        == "'x' is neither .npy nor .safetensors, going by its first bytes")
  }

  /// Random changes: tensors or a sentence, never a crash.
  @Test func mutationsAreHarmless() throws {
    let scratch = try Scratch()
    let good = safetensors(
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"k":"v"}}"#,
      [UInt8](repeating: 0, count: 8))
    let array = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", [1, 2, 3, 4, 5, 6, 7, 8])
    var state: UInt64 = 3
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var faults = 0
    for round in 0..<600 {
      var changed = round.isMultiple(of: 2) ? good : array
      for _ in 0...next(3) { changed[next(changed.count)] = UInt8(next(256)) }
      if try scratch.fault(changed) != nil { faults += 1 }
    }
    #expect(faults > 100)
  }
}

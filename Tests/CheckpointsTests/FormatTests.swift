import Checkpoints
import TensorFiles
import Testing

@Suite struct FormatTests {
  static let files: [(String, CheckpointFormat)] = [
    ("stored.npz", .npz), ("deflated.npz", .npz), ("tensors.safetensors", .safetensors),
    ("flax.msgpack", .flaxMsgpack),
  ]

  @Test(arguments: files)
  func holdsTheSameTensors(file: String, format: CheckpointFormat) throws {
    let checkpoint = try Checkpoint(path: try GoldenFiles.path(file))
    #expect(checkpoint.format == format)
    for (name, expected) in GoldenFiles.floats {
      let entry = try checkpoint.entry(name)
      #expect(entry.type == expected.type, "\(name)")
      #expect(entry.shape == expected.shape, "\(name)")
      #expect(try checkpoint.floats(entry) == GoldenFiles.ramp(entry.count), "\(name)")
    }
    let step = try checkpoint.entry("state/step")
    #expect(step == CheckpointEntry(name: "state/step", type: .i64, shape: []))
    #expect(try elements(checkpoint, step, Int64.self) == [12_345_678_901])
    let tokens = try checkpoint.entry("state/tokens")
    #expect(tokens.shape == [2, 3])
    #expect(try elements(checkpoint, tokens, UInt8.self) == [0, 7, 1, 8, 2, 9])
    let flags = try checkpoint.entry("state/flags")
    #expect(flags.type == .bool)
    #expect(try elements(checkpoint, flags, UInt8.self) == [1, 0, 1])
  }

  @Test func leavesOfFlaxTreesThatAreNoArrays() throws {
    let checkpoint = try Checkpoint(path: try GoldenFiles.path("flax.msgpack"))
    #expect(checkpoint.metadata == ["extra/name": "a text"])
    func values<Element: BitwiseCopyable>(_ name: String, _ type: Element.Type) throws -> [Element]
    {
      try elements(checkpoint, try checkpoint.entry("extra/\(name)"), type)
    }
    #expect(try values("complex", Double.self) == [1.5, -2])
    #expect(try values("count", Int64.self) == [7])
    #expect(try values("large", UInt64.self) == [1 << 63])
    #expect(try values("rate", Double.self) == [0.5])
    #expect(try values("on", UInt8.self) == [1])
    #expect(try values("raw", UInt8.self) == [1, 2])
    #expect(try values("list/0", Int64.self) == [3])
    #expect(try values("list/1", Int64.self) == [-4])
    #expect(checkpoint["extra/none"] == nil)
  }

  @Test func singleArrays() throws {
    let fortran = try Checkpoint(path: try GoldenFiles.path("fortran.npy"))
    #expect(fortran.format == .npy)
    #expect(fortran.entries == [CheckpointEntry(name: "", type: .f32, shape: [3, 4, 5])])
    #expect(try fortran.floats(fortran.entries[0]) == GoldenFiles.ramp(60))
    #expect(fortran.mapped(fortran.entries[0]) == nil)
    let bits = try Checkpoint(path: try GoldenFiles.path("bf16.npy"))
    #expect(bits.entries == [CheckpointEntry(name: "", type: .bf16, shape: [5, 7])])
    #expect(try bits.floats(bits.entries[0]) == GoldenFiles.ramp(35))
    let swapped = try Checkpoint(path: try GoldenFiles.path("big_endian.npy"))
    let expected = (0..<12).map { Int32($0 * 7 % 13 - 6) }
    #expect(try elements(swapped, swapped.entries[0], Int32.self) == expected)
  }

  /// No copy: the bytes are where the file is mapped, and stay there when the checkpoint is gone.
  @Test func mapsTensorsWithoutACopy() throws {
    var checkpoint: Checkpoint? = try Checkpoint(path: try GoldenFiles.path("tensors.safetensors"))
    let first = try #require(try checkpoint?.entry("params/conv/kernel"))
    let mapped = try #require(checkpoint?.mapped(first))
    let again = try #require(checkpoint?.mapped(first))
    #expect(mapped.bytes.baseAddress == again.bytes.baseAddress)
    checkpoint = nil
    #expect(Array(mapped.bytes.bindMemory(to: Float.self)) == GoldenFiles.ramp(72))
  }

  @Test func refusesTypesThatAreNoFloats() throws {
    let checkpoint = try Checkpoint(
      bytes: try bytes(of: GoldenFiles.path("flax.msgpack")), path: "m")
    let entry = try checkpoint.entry("state/tokens")
    let error = #expect(throws: CheckpointError.self) { try checkpoint.floats(entry) }
    #expect(
      error?.description == "tensor 'state/tokens' of 'm' is of type u8, which is not read as f32")
  }

  @Test func namesNearToAMissingOne() throws {
    let checkpoint = try Checkpoint(
      bytes: try bytes(of: GoldenFiles.path("flax.msgpack")), path: "m")
    let slip = #expect(throws: CheckpointError.self) { try checkpoint.entry("params/conv/kernal") }
    #expect(
      slip?.description
        == "'m' has no tensor 'params/conv/kernal'; near to it are 'params/conv/kernel'"
    )
    let strange = #expect(throws: CheckpointError.self) { try checkpoint.entry("optimizer") }
    #expect(
      strange?.description
        == "'m' has no tensor 'optimizer', and none with a name near to it among its \(checkpoint.entries.count)"
    )
  }
}

import Autograd
import Checkpoints
import ModelFiles
import TensorCore
import TensorFiles
import Testing

@Suite struct SavingTests {
  /// Ties, the last number before infinity, and what is no number.
  @Test func roundsToTheNearest() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    let values: [Float] = [1 + 1 / 256, 1 + 3 / 256, -1 - 1 / 512, 65_504, .infinity, .nan]
    let parameter = Parameter("x", Tensor([6], values))
    try ModelSaver.save(ParameterSet([parameter]), as: .bf16, to: path)
    let narrow = try Checkpoint(path: path)
    let floats = try narrow.floats(narrow.entries[0])
    #expect(Array(floats[..<5]) == [1, 1 + 4 / 256, -1, 65_536, .infinity])
    #expect(floats[5].isNaN)
    try ModelSaver.save(ParameterSet([parameter]), as: .f16, to: path)
    let half = try Checkpoint(path: path)
    #expect(
      try Array(half.floats(half.entries[0])[..<5]) == values[..<5].map { Float(Float16($0)) })
  }

  @Test func leavesWhatWasThereWhenItFails() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    try ModelSaver.save(SmallNetwork.counted(), to: path)
    let large = Parameter("x", Tensor([2], [1, 70_000]))
    let error = #expect(throws: ModelSaveError.self) {
      try ModelSaver.save(ParameterSet([large]), as: .f16, to: path)
    }
    #expect(
      error?.description
        == "parameter 'x' holds 70000.0, which is beyond the range of f16; save it as bf16 or f32")
    #expect(try scratch.names() == ["m.safetensors"])
    #expect(try Checkpoint(path: path).entries.map(\.name) == SmallNetwork.counted().names)
    let nowhere = #expect(throws: ModelSaveError.self) {
      try ModelSaver.save(ParameterSet([large]), to: "/nonexistent/m.safetensors")
    }
    #expect(
      nowhere?.description
        == "can't write '/nonexistent/m.safetensors.tmp': No such file or directory")
  }

  /// Data starts where a vector register can load it.
  @Test func alignsTheData() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/m.safetensors"
    try ModelSaver.save(SmallNetwork.counted(), as: .bf16, to: path)
    let checkpoint = try Checkpoint(path: path)
    let mapped = try #require(checkpoint.mapped(checkpoint.entries[0]))
    #expect(UInt(bitPattern: mapped.bytes.baseAddress).isMultiple(of: 64))
  }
}

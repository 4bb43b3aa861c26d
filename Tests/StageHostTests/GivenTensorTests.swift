import Glibc
import JobModel
import StageHost
import Synchronization
import Testing

/// Tensors that a plugin gives away: what is taken, what is copied, what is refused and with which words.
@Suite(.serialized) struct GivenTensorTests {
  private func bench(_ how: String, services: TestServices = TestServices()) throws -> StageBench {
    try StageBench(
      PluginWorkshop.plugin("tensors"), "tensors.give", .object(["how": .string(how)]),
      services: services)
  }

  /// Tensors given away whose deleter has not been called.
  private func alive() throws -> Int32 {
    let handle = dlopen(try PluginWorkshop.plugin("tensors"), RTLD_NOW | RTLD_NOLOAD)
    let symbol = try #require(dlsym(handle, "tensors_alive"))
    return unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
  }

  @Test(
    arguments: [
      ("dense", [1, 2, 3, 4, 5, 6], true),
      ("null-strides", [1, 2, 3, 4, 5, 6], true),
      ("offset", [3, 4, 5, 6, 7, 8], true),
      ("transposed", [1, 2, 3, 4, 5, 6], false),
      ("reversed", [6, 5, 4, 3, 2, 1], false),
      ("unaligned", [1, 2, 3, 4, 5, 6], false),
      ("one-row", [1, 2, 3, 1, 2, 3], false),
      ("one-column", [1, 1, 1, 4, 4, 4], false),
      ("one-value", [1, 1, 1, 1, 1, 1], false),
    ] as [(String, [Float], Bool)])
  func takesOrCopies(how: String, values: [Float], isTaken: Bool) throws {
    let bench = try bench(how)
    var batch: HostBatch? = try bench.run(2)
    let output = try #require(batch?.outputs["values"])
    #expect(output.shape == [2, 3])
    #expect(output.floats == values)
    // What is taken stays the plugin's memory; a copy is the host's, and the original is let go at once.
    #expect(try alive() == (isTaken ? 1 : 0))
    #expect(bench.services.account.usedBytes == (isTaken ? 0 : 24))
    batch = nil
    withExtendedLifetime(output) {}
  }

  @Test func letsGoOfEverything() throws {
    let services = TestServices()
    for how in ["dense", "transposed", "offset", "unaligned", "empty"] {
      _ = try bench(how, services: services).run(2)
    }
    #expect(try alive() == 0)
    #expect(services.account.usedBytes == 0)
  }

  @Test func emptyTensor() throws {
    let output = try #require(try bench("empty").run(2).outputs["values"])
    #expect(output.shape == [2, 0])
    #expect(output.data == nil)
  }

  @Test(arguments: [
    ("newer", "stage 'use' gives a tensor of DLPack 2.0, this host takes 1.x"),
    (
      "device",
      "stage 'use' gives a tensor on device type 2, Lattice takes CPU memory (1) only"
    ),
    (
      "lanes",
      "stage 'use' gives a tensor of type code 2, 32 bits, 4 lanes, which can't cross between stages"
    ),
    ("negative", "stage 'use' gives a tensor with a negative size: [2, -3]"),
    ("without-data", "stage 'use' gives a tensor of 24 bytes without data"),
    ("type", "'values' of stage 'use' is i32[2, 3], its port promises f32"),
    (
      "rows",
      "'values' of stage 'use' is f32[1, 3], its first size must be the 2 items of the batch"
    ),
    (
      "scalar",
      "'values' of stage 'use' is f32[], its first size must be the 2 items of the batch"
    ),
  ])
  func refuses(how: String, sentence: String) throws {
    #expect(try bench(how).refusal(of: 2) == StageFailure(.internal, sentence))
    #expect(try alive() == 0)
  }

  @Test func copyCountsAgainstTheLimit() throws {
    let bench = try bench("transposed", services: TestServices(memoryLimit: 23))
    #expect(
      bench.refusal(of: 2)
        == StageFailure(
          .noMemory, "stage 'use' gives a tensor of 24 bytes, more than the job's memory limit"))
    #expect(try alive() == 0)
  }
}

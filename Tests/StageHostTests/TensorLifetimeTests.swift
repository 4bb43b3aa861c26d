import CStageABI
import JobModel
import StageHost
import Testing

/// Who holds a tensor, and that its memory is given back when nobody does.
@Suite struct TensorLifetimeTests {
  @Test func accountReturnsToZero() throws {
    let services = TestServices()
    let bench = try StageBench(
      PluginWorkshop.plugin("invert"), "example.invert", .object(["strength": .int(1)]),
      services: services)
    do {
      let input = try bench.tensor([Float](repeating: 0.5, count: 64), [4, 4, 4, 1])
      #expect(services.account.usedBytes == 256)
      let batch = try bench.run(4, ["image": input])
      #expect(services.account.usedBytes == 512)
      withExtendedLifetime(batch) {}
    }
    #expect(services.account.usedBytes == 0)
    #expect(services.account.highestBytes == 512)
  }

  @Test func retainedInputOutlivesItsBatch() throws {
    let services = TestServices()
    let bench = try StageBench(
      PluginWorkshop.plugin("tensors"), "tensors.keep", services: services)
    var instance: StageInstance? = try bench.instance()
    do {
      let batch = bench.batch(2, ["image": try bench.tensor([1, 2], [2, 1, 1, 1])])
      try instance?.process(batch)
      #expect(batch.outputs["image"]?.floats == [1, 2])
    }
    // The output is gone with the batch, the input is still the stage's.
    #expect(services.account.usedBytes == 8)
    instance = nil
    #expect(services.account.usedBytes == 0)
  }

  @Test func managedTensorKeepsItsMemory() throws {
    let account = MemoryAccount(limit: .max)
    var tensor = HostTensor(.f32, [2, 3], account: account)
    let managed = try #require(tensor?.managed())
    let address = tensor?.data
    tensor = nil
    #expect(account.usedBytes == 24)
    #expect(managed.pointee.version.major == 1)
    #expect(managed.pointee.flags == UInt64(DLPACK_FLAG_BITMASK_READ_ONLY))
    #expect(managed.pointee.dl_tensor.data == address)
    managed.pointee.deleter(managed)
    #expect(account.usedBytes == 0)
  }

  @Test func limitIsKept() throws {
    let account = MemoryAccount(limit: 100)
    let first = HostTensor(.f32, [20], account: account)
    #expect(HostTensor(.f32, [6], account: account) == nil)
    #expect(HostTensor(.f32, [5], account: account) != nil)
    #expect(account.usedBytes == 80)
    withExtendedLifetime(first) {}
  }

  @Test(
    arguments: [
      ([2, 3], 24), ([], 4), ([0, 3], 0), ([2, -1], nil), ([0, -1], nil),
      ([0, 1 << 40, 1 << 40], nil), ([1 << 40, 1 << 40], nil),
    ] as [([Int], Int?)])
  func byteCounts(shape: [Int], bytes: Int?) {
    #expect(HostTensor.byteCount(.f32, shape) == bytes)
  }

  @Test func rowsAndJoins() throws {
    let bench = try StageBench(PluginWorkshop.plugin("tensors"), "tensors.keep")
    let account = bench.services.account
    do {
      let whole = try bench.tensor([1, 2, 3, 4, 5, 6], [3, 2])
      let picked = try #require(whole.rows([2, 0], account: account))
      #expect(picked.shape == [2, 2])
      #expect(picked.floats == [5, 6, 1, 2])
      let joined = try #require(HostTensor.joined([picked, whole], account: account))
      #expect(joined.shape == [5, 2])
      #expect(joined.floats == [5, 6, 1, 2, 1, 2, 3, 4, 5, 6])
      let other = try bench.tensor([1, 2, 3], [1, 3])
      #expect(HostTensor.joined([whole, other], account: account) == nil)
    }
    #expect(account.usedBytes == 0)
  }
}

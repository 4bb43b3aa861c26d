import FoundationEssentials
import JobModel
import Testing

@Suite struct JobPlanTests {
  @Test func shardsCoverTheItemsOnce() {
    let items = ItemManifest(count: 10, itemsPerShard: 4, shardOffsets: [0, 100, 200])
    #expect((0..<items.shardCount).flatMap { Array(items.range(ofShard: $0)) } == Array(0..<10))
  }

  @Test func delayDoublesUpToTheLongest() {
    var policy = RetryPolicy()
    policy.firstDelaySeconds = 10
    policy.longestDelaySeconds = 60
    #expect((2...6).map(policy.delay(beforeAttempt:)) == [10, 20, 40, 60, 60])
  }

  @Test func allowanceCountsOrShares() {
    #expect(FailureAllowance.count(2).allows(failed: 2, of: 10))
    #expect(!FailureAllowance.count(2).allows(failed: 3, of: 10))
    #expect(FailureAllowance.percent(1).allows(failed: 2, of: 200))
    #expect(!FailureAllowance.percent(1).allows(failed: 3, of: 200))
  }

  @Test func namesArePadded() {
    let folder = JobFolder(path: "/q/jobs/x")
    #expect(folder.done(shard: 7) == "/q/jobs/x/shards/0007.done")
    #expect(folder.temporary(shard: 12345, attempt: 2) == "/q/jobs/x/tmp/12345.a2")
  }

  @Test func jsonKeepsIntegersAndSortsKeys() throws {
    let value = try JSONValue(parsing: .init(#"{"b":[1,2.5,true,null],"a":"x/y"}"#.utf8))
    #expect(try value.canonicalText == #"{"a":"x/y","b":[1,2.5,true,null]}"#)
    #expect(value["b"]?.arrayValue?.first?.intValue == 1)
  }
}

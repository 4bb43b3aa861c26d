import PipelineSpec
import Testing
import YAML

@Suite struct DecodingTests {
  private func spec(_ text: String) throws -> PipelineSpec {
    let reading = PipelineSpec.parse(Array(text.utf8))
    #expect(reading.diagnostics == [])
    return try #require(reading.spec)
  }

  @Test func readsTheTop() throws {
    let spec = try spec(FullSpec.text)
    #expect(spec.name == Marked("koala-depth_2.1", at: SourceMark(line: 3, column: 7, length: 15)))
    #expect(spec.priority == Marked(-5, at: SourceMark(line: 4, column: 11, length: 2)))
    #expect(spec.hold?.value == true)
    #expect(spec.isHeld)
    #expect(spec.itemsPerShard?.value == 16)
    #expect(spec.seed?.value == 9_007_199_254_740_993)
    #expect(spec.output?.directory?.value == "results/depth")
    #expect(spec.output?.existing?.value == "skip")
  }

  @Test func readsLimitsInBaseUnits() throws {
    let spec = try spec(FullSpec.text)
    #expect(spec.limits.cpus?.value == 4)
    #expect(spec.limits.memoryBytes?.value == 1_610_612_736)
    #expect(spec.limits.timeSeconds?.value == 5400)
    #expect(spec.limits.stallSeconds?.value == 0.5)
    #expect(spec.limits.batch?.value == 16)
    #expect(spec.retry.attempts?.value == 5)
    #expect(spec.retry.backoff?.value == 10...300)
    #expect(spec.maxFailedItems?.value == .percent(2.5))
  }

  @Test func readsTheInput() throws {
    let input = try #require(try spec(FullSpec.text).input)
    #expect(input.name.value == "photos")
    guard case .directory(let folder, let glob, let exclude) = input.selection else {
      Issue.record("\(input.selection) is no directory")
      return
    }
    #expect(folder == Marked("samples", at: SourceMark(line: 8, column: 18, length: 7)))
    #expect(glob?.value == "**/*.{png,jpg}")
    #expect(exclude.map(\.value) == ["drafts/**", "*-old.png"])
  }

  @Test func readsStages() throws {
    let stages = try spec(FullSpec.text).stages
    #expect(stages.map(\.id.value) == ["read", "depth", "tokens", "save"])
    #expect(
      stages.map(\.use.value) == [
        "image.read@1", "uvim.depth@^1.2", "fsq.quantize@>=1.2 <2", "sheet.write",
      ])
    #expect(
      stages[2].inputs.map { [$0.port.value, $0.source.value] } == [
        ["image", "read.image"], ["depth", "depth.depth"],
      ])
    #expect(stages[2].mark == SourceMark(line: 20, column: 5))
    #expect(stages[0].parameters?["fit"]?.content == .string("crop"))
    #expect(stages[1].parameters == nil)
    #expect(stages[2].parameters?["share"]?.content == .double(0.5))
    #expect(stages[2].parameters?["exact"]?.content == .bool(false))
    #expect(stages[2].parameters?["name"]?.content == .string("{item.stem}.npy"))
  }

  @Test func readsWhatTasksHave() throws {
    let spec = try spec(FullSpec.text)
    let checkpoint = try #require(spec.stages[1].checkpoint)
    #expect(checkpoint.everySteps?.value == 500)
    #expect(checkpoint.keep?.value == 3)
    #expect(spec.output?.model?.name == "koala-depth")
    #expect(spec.output?.model?.version == "2")
    #expect(spec.stages[0].checkpoint == nil)
  }

  @Test func readsModels() throws {
    let stages = try spec(FullSpec.text).stages
    #expect(stages[0].models.isEmpty)
    guard case .named(let name) = stages[1].models[""] else {
      Issue.record("\(stages[1].models) has no named model")
      return
    }
    #expect(name.value == "uvim-depth@2026.1")
    #expect(stages[2].models.keys.sorted() == ["decoder", "encoder", "table"])
    guard case .path(let path, let digest) = stages[2].models["encoder"] else {
      Issue.record("\(stages[2].models) has no file for the encoder")
      return
    }
    #expect(path.value == "models/encoder.bin")
    #expect(digest?.value.hasPrefix("00010203") == true)
    guard case .path(let file, nil) = stages[2].models["table"] else {
      Issue.record("\(stages[2].models) has no file without a digest")
      return
    }
    #expect(file.value == "table.bin")
    guard case .path(let only, .some) = stages[3].models[""] else {
      Issue.record("\(stages[3].models) has no file with a digest")
      return
    }
    #expect(only.value == "m.bin")
  }

  @Test func leavesOutWhatIsNotWritten() throws {
    let spec = try spec(Fault.soundSpec)
    #expect(spec.priority == nil)
    #expect(spec.hold == nil)
    #expect(!spec.isHeld)
    #expect(spec.input == nil)
    #expect(spec.output == nil)
    #expect(spec.itemsPerShard == nil)
    #expect(spec.limits == SpecLimits())
    #expect(spec.retry == SpecRetry())
    #expect(spec.maxFailedItems == nil)
    #expect(spec.seed == nil)
  }

  @Test func readsTheOtherKindsOfInput() throws {
    let files = try spec(Fault.soundSpec + "input: { set: { files: [b.png, a.png] } }").input
    guard case .files(let names) = files?.selection else {
      Issue.record("no files")
      return
    }
    #expect(names.map(\.value) == ["b.png", "a.png"])
    let list = try spec(Fault.soundSpec + "input: { set: { list: all.txt } }").input
    #expect(
      list?.selection == .list(Marked("all.txt", at: SourceMark(line: 5, column: 23, length: 7))))
    let count = try spec(Fault.soundSpec + "input: { set: { count: 3 } }").input
    #expect(count?.selection == .count(Marked(3, at: SourceMark(line: 5, column: 24))))
  }

  @Test func aNumberOfFailedItemsIsACount() throws {
    let spec = try spec(Fault.soundSpec + "errors: { max_failed_items: 3 }")
    #expect(spec.maxFailedItems?.value == .count(3))
  }

  /// The same text with the line ends of another system, or a byte order mark before it.
  @Test func lineEndsAndByteOrderMarkChangeNothing() throws {
    let plain = try spec(FullSpec.text)
    #expect(try spec(FullSpec.text.replacing("\n", with: "\r\n")) == plain)
    #expect(try spec(FullSpec.text.replacing("\n", with: "\r")) == plain)
    #expect(try spec("\u{FEFF}" + FullSpec.text) == plain)
  }

  @Test(arguments: ShippedSpecs.names)
  func shippedSpecsAreSound(name: String) throws {
    let reading = PipelineSpec.parse(try ShippedSpecs.bytes(name))
    #expect(reading.diagnostics == [])
    #expect(reading.spec?.name.value == name.replacing(".yaml", with: ""))
  }
}

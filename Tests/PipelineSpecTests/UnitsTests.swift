import PipelineSpec
import Testing

@Suite struct UnitsTests {
  @Test(arguments: [
    ("1B", 1), ("2kB", 2000), ("2KB", 2000), ("3MB", 3_000_000), ("1GB", 1_000_000_000),
    ("1TB", 1_000_000_000_000), ("1KiB", 1024), ("512MiB", 536_870_912), ("8GiB", 8_589_934_592),
    ("1TiB", 1_099_511_627_776), ("0.5GiB", 536_870_912), ("8 GiB", 8_589_934_592),
    (".5kB", 500), ("1.5B", 1),
  ])
  func sizes(text: String, bytes: Int) throws {
    #expect(try Units.bytes(text) == bytes)
  }

  @Test(arguments: [
    ("500ms", 0.5), ("10s", 10), ("5m", 300), ("10min", 600), ("6h", 21_600), ("2d", 172_800),
    ("1.5h", 5400), ("0s", 0), ("10 s", 10),
  ])
  func lengthsOfTime(text: String, seconds: Double) throws {
    #expect(abs(try Units.seconds(text) - seconds) < 1e-9)
  }

  @Test(arguments: ["8", "8.5", "8 "])
  func wantsAUnit(text: String) {
    #expect(throws: Units.Fault.unitMissing) { try Units.bytes(text) }
    #expect(throws: Units.Fault.unitMissing) { try Units.seconds(text) }
  }

  @Test(arguments: [
    "", "GiB", "8gib", "8Gib", "8gb", "-8GiB", "+8GiB", "8GiB8", "1.2.3GiB", "1e3GiB", "٨GiB",
    "8GiB ", " 8GiB", "1_000MB",
  ])
  func refusesOtherSizes(text: String) {
    #expect(throws: Units.Fault.malformed) { try Units.bytes(text) }
  }

  @Test func quantitiesWithoutEndAreNamedSo() {
    #expect(throws: Units.Fault.tooLarge) { try Units.bytes("9999999999TiB") }
    let digits = String(repeating: "9", count: 400)
    #expect(throws: Units.Fault.tooLarge) { try Units.bytes("\(digits)B") }
    #expect(throws: Units.Fault.tooLarge) { try Units.seconds("\(digits)s") }
  }

  @Test(arguments: ["", "s", "5M", "5hours", "-5m", "1h30m", "1:30h", "infs"])
  func refusesOtherLengthsOfTime(text: String) {
    #expect(throws: Units.Fault.malformed) { try Units.seconds(text) }
  }
}

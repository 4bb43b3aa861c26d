import JobReport
import Testing

@Suite struct QuantityTests {
  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_500_000, "1.4 MiB"), (5 << 30, "5.0 GiB"),
    (3 << 50, "3072.0 TiB"),
  ])
  func bytes(count: Int, text: String) { #expect(Quantity.bytes(count) == text) }

  @Test(arguments: [
    (0.0831, "83 ms"), (4.25, "4.3 s"), (187, "3 min 07 s"), (7500, "2 h 05 min"), (-1, "–"),
  ])
  func durations(seconds: Double, text: String) { #expect(Quantity.duration(seconds) == text) }

  @Test(arguments: [(1240.4, "1240/s"), (12.46, "12.5/s"), (0.314, "0.31/s"), (0, "–")])
  func rates(value: Double, text: String) { #expect(Quantity.rate(value) == text) }

  @Test(arguments: [(1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-2.55, 1, "-2.6"), (9.999, 2, "10.00")])
  func decimals(value: Double, places: Int, text: String) {
    #expect(Quantity.decimal(value, places: places) == text)
  }
}

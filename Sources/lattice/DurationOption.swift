import ArgumentParser

/// A length of time on the command line: `500ms`, `10s`, `5m`, `2h`, `1d`.
struct DurationOption: ExpressibleByArgument, Hashable {
  let seconds: Double

  init?(argument: String) {
    let units: [(suffix: String, seconds: Double)] = [
      ("ms", 0.001), ("min", 60), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]
    for unit in units where argument.hasSuffix(unit.suffix) {
      guard let number = Double(argument.dropLast(unit.suffix.count)), number >= 0,
        number.isFinite
      else { continue }
      seconds = number * unit.seconds
      return
    }
    return nil
  }
}

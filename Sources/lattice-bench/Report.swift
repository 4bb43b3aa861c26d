import Foundation
import JobReport

/// Prints what was measured, as a line for people or a JSON line.
enum Report {
  /// A contest won or lost: medians with their ends, and the ratio pair by pair.
  static func contest(
    _ name: String, ours us: String = "lattice", peer: String, _ contest: Contest, amount: Double,
    unit: String, json: Bool
  ) {
    let ours = Spread(contest.ours.map { amount / $0 })
    let theirs = Spread(contest.theirs.map { amount / $0 })
    let ratio = Spread(contest.ratios)
    if json {
      line(Row(name: name, unit: unit, ours: ours, peer: peer, theirs: theirs, ratio: ratio))
    } else {
      print("\(name)\n  \(us)  \(ours.text(places: 2)) \(unit)")
      print("  \(peer)  \(theirs.text(places: 2)) \(unit)")
      print("  ratio  \(ratio.text(places: 2)), \(contest.ours.count) rounds in turn")
    }
  }

  /// A figure of ours alone.
  static func figure(_ name: String, _ spread: Spread, unit: String, json: Bool) {
    if json {
      line(Row(name: name, unit: unit, ours: spread, peer: nil, theirs: nil, ratio: nil))
    } else {
      print("\(name)\n  lattice  \(spread.text(places: 2)) \(unit)")
    }
  }

  /// A peer that isn't installed.
  static func skipped(_ name: String, peer: String, reason: String, ours: String, json: Bool) {
    if !json { print("\(name)\n  lattice  \(ours)\n  \(peer)  skipped: \(reason)") }
  }

  private struct Row: Encodable {
    var name: String
    var unit: String
    var ours: Spread
    var peer: String?
    var theirs: Spread?
    var ratio: Spread?
  }

  private static func line(_ row: Row) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    if let data = try? encoder.encode(row) { print(String(decoding: data, as: UTF8.self)) }
  }
}

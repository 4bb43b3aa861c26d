import Foundation
import JobReport

/// Times of several contestants that took turns, ours first in each round.
struct Tournament {
  private let names: [String]
  private var times: [String: [Double]] = [:]
  private var ours: [Double] = []

  /// Runs every contestant once to warm up, then in turn.
  ///
  /// - Parameters:
  ///   - rounds: Counted runs of each, at least 1.
  ///   - peers: Their names.
  ///   - ours: Does our work once and gives its seconds.
  ///   - theirs: Has a peer do its work once and gives its seconds.
  /// - Throws: What the contestants throw.
  init(
    rounds: Int, peers: [String], ours: () throws -> Double, theirs: (String) throws -> Double
  ) rethrows {
    names = peers
    for round in 0...rounds {
      Thread.sleep(forTimeInterval: Contest.pause)
      let mine = try ours()
      if round > 0 { self.ours.append(mine) }
      for name in peers {
        Thread.sleep(forTimeInterval: Contest.pause)
        let seconds = try theirs(name)
        if round > 0 { times[name, default: []].append(seconds) }
      }
    }
  }

  /// The fastest peer of those that fit, by its median.
  func best(_ fits: (String) -> Bool) -> String? {
    names.filter(fits).min {
      Spread(times[$0] ?? [.infinity]).median < Spread(times[$1] ?? [.infinity]).median
    }
  }

  /// The seconds that our work takes, by the median.
  var ourSeconds: Double { Spread(ours).median }

  /// Us against one of them, round by round.
  func contest(with name: String) -> Contest { Contest(ours: ours, theirs: times[name] ?? []) }

  /// Prints everybody's rate, and the ratio to the best peer of each class.
  ///
  /// - Parameters:
  ///   - name: Of the work.
  ///   - amount: Of it in one run.
  ///   - unit: Of the rate.
  ///   - classes: Names of classes, and which peers belong to one.
  ///   - json: Whether to print JSON lines.
  func report(
    _ name: String, amount: Double, unit: String, classes: [(String, (String) -> Bool)], json: Bool
  ) {
    if !json {
      print("\(name)\n  lattice  \(Spread(ours.map { amount / $0 }).text(places: 2)) \(unit)")
      for name in names {
        let rates = Spread((times[name] ?? []).map { amount / $0 })
        print("  \(name)  \(rates.text(places: 2)) \(unit)")
      }
    }
    if json, names.isEmpty {
      Report.figure(name, Spread(ours.map { amount / $0 }), unit: unit, json: true)
    }
    for (title, fits) in classes {
      guard let peer = best(fits) else { continue }
      let contest = contest(with: peer)
      if json {
        Report.contest(
          "\(name), \(title)", peer: peer, contest, amount: amount, unit: unit, json: true)
      } else {
        print("  ratio to the best \(title), \(peer): \(Spread(contest.ratios).text(places: 2))")
      }
    }
  }
}

import DurableFiles
import FileNames
import JobModel
import JobReport

/// One job's progress as a line of text.
struct ProgressBar: Hashable {
  var name: String
  var done: Int
  var total: Int
  /// Of `done`, how many were so before `elapsed` began: an interrupted run goes on from there.
  var doneBefore = 0
  /// Seconds since the first item could start.
  var elapsed: Double
  /// What to say instead of a rate: "queued", "succeeded".
  var note: String?
  /// What is counted, when it isn't items: "steps".
  var unit = ""

  /// Items a second so far; nil before anything is done.
  var rate: Double? {
    done > doneBefore && elapsed > 0 ? Double(done - doneBefore) / elapsed : nil
  }

  /// Seconds that the rest will take at this rate.
  var remaining: Double? {
    guard total > 0, let rate else { return nil }
    return Double(max(0, total - done)) / rate
  }

  /// The line, at most `width` characters: name, bar, share, counts, rate and time left.
  func line(width: Int, nameWidth: Int) -> String {
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let label = name.count > nameWidth ? String(name.prefix(nameWidth - 1)) + "…" : name
    let head = label + String(repeating: " ", count: nameWidth - label.count)
    let percent = "\(Int(share * 100))%"
    var tail = " " + String(repeating: " ", count: 4 - percent.count) + percent
    tail += "  \(counts)"
    if let note {
      tail += "  \(note.shown)"
    } else if let rate {
      tail += "  \(Quantity.rate(rate))"
      if let remaining, done < total { tail += "  ETA \(Quantity.duration(remaining))" }
    }
    let room = max(8, min(40, width - head.count - tail.count - 2))
    return "\(head) \(bar(share, room))\(tail)"
  }

  /// `120/500 steps`; without the total when that is unknown.
  var counts: String {
    (total > 0 ? "\(done)/\(total)" : "\(done)") + (unit.isEmpty ? "" : " \(unit.shown)")
  }

  /// A bar of `room` cells with halves.
  private func bar(_ share: Double, _ room: Int) -> String {
    let halves = Int(share * Double(room * 2))
    let full = String(repeating: "━", count: halves / 2)
    let half = halves.isMultiple(of: 2) ? "" : "╸"
    return full + half + String(repeating: "·", count: room - halves / 2 - half.count)
  }
}

extension ProgressBar {
  /// A task at work, by what it says itself.
  init(name: String, task: TaskProgress, now: Int = WallClock.milliseconds) {
    self.init(
      name: name, done: task.done, total: task.total, doneBefore: task.doneAtStart,
      elapsed: Double(now - task.startMilliseconds) / 1000, unit: task.unit)
  }
}

/// Shows several bars: redrawn in place on a terminal, a plain line now and then elsewhere.
struct ProgressDisplay {
  private let terminal: Terminal
  private var drawnLines = 0
  private var lastShare: [String: Int] = [:]
  private var lastNote: [String: String] = [:]

  init(terminal: Terminal = .talk) { self.terminal = terminal }

  /// Shows the bars as they are now, in this order.
  mutating func show(_ bars: [ProgressBar]) {
    let nameWidth = min(28, bars.map(\.name.count).max() ?? 0)
    guard terminal.isInteractive else {
      for bar in bars { showPlain(bar, nameWidth) }
      return
    }
    var text = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    for bar in bars {
      text += "\r\u{1B}[K" + bar.line(width: terminal.width - 1, nameWidth: nameWidth) + "\n"
    }
    drawnLines = bars.count
    writeAll(text, to: 2)
  }

  /// A line at every tenth and at every change of state.
  private mutating func showPlain(_ bar: ProgressBar, _ nameWidth: Int) {
    let tenth = bar.total > 0 ? bar.done * 10 / bar.total : 0
    let note = bar.note ?? ""
    guard tenth > lastShare[bar.name, default: -1] || note != lastNote[bar.name, default: ""] else {
      return
    }
    lastShare[bar.name] = tenth
    lastNote[bar.name] = note
    say(bar.line(width: 100, nameWidth: nameWidth))
  }
}

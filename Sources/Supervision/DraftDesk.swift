import FileNames
import Glibc
import JobQueue

/// Has clerks look whether files that did not come by rename are YAML yet; remembers the answer for each state of a file.
final class DraftDesk {
  private enum State {
    case asked(ClerkProcess)
    case answered(isUnfinished: Bool)
    /// It could not be looked at; not asked again before then.
    case waits(ContinuousClock.Instant)
  }

  private var settings: ClerkSettings
  private var drafts: [FileName: (look: SettleRule.Look, state: State)] = [:]
  private var count = 0

  init(settings: ClerkSettings) {
    self.settings = settings
    self.settings.seconds = min(settings.seconds, 60)
  }

  /// What to poll.
  var descriptors: [Int32] {
    drafts.values.compactMap {
      if case .asked(let clerk) = $0.state { clerk.descriptor } else { nil }
    }
  }

  var deadline: ContinuousClock.Instant? {
    drafts.values.compactMap {
      if case .asked(let clerk) = $0.state { clerk.deadline } else { nil }
    }.min()
  }

  /// True while a file is looked at.
  var isBusy: Bool { !descriptors.isEmpty }

  /// Whether the file is no YAML; nil as long as nobody knows.
  func isUnfinished(
    _ name: FileName, at path: String, _ look: SettleRule.Look, at now: ContinuousClock.Instant
  ) -> Bool? {
    if let known = drafts[name], known.look == look {
      switch known.state {
      case .answered(let isUnfinished): return isUnfinished
      case .asked: return nil
      case .waits(let time) where time > now: return nil
      case .waits: break
      }
    }
    guard descriptors.count < settings.atOnce else { return nil }
    count += 1
    let talk = "\(settings.temporaryFolder)/peek-\(count).txt"
    if let clerk = try? ClerkProcess.start(.peek, path, talk: talk, settings: settings) {
      drafts[name] = (look, .asked(clerk))
    } else {
      drafts[name] = (look, .waits(now + .seconds(1)))
    }
    unlink(talk)
    return nil
  }

  /// Takes answers; true when there is one.
  func step(at now: ContinuousClock.Instant) -> Bool {
    var hasNews = false
    for (name, draft) in drafts {
      guard case .asked(let clerk) = draft.state, let ending = clerk.look(at: now) else { continue }
      hasNews = true
      switch ending {
      case .unfinished: drafts[name]?.state = .answered(isUnfinished: true)
      case .passing: drafts[name]?.state = .waits(now + .seconds(1))
      // Whatever is wrong with it is found out, and said, when it is planned.
      case .done, .fell, .stopped: drafts[name]?.state = .answered(isUnfinished: false)
      }
    }
    return hasNews
  }

  /// Forgets files that are gone.
  func keep(only names: Set<FileName>) {
    for name in drafts.keys where !names.contains(name) { drafts[name] = nil }
  }

  func stop() {
    for draft in drafts.values { if case .asked(let clerk) = draft.state { clerk.stop() } }
  }
}

import DurableFiles
import FoundationEssentials
import JobModel
import StageCatalog

/// What plugins there are, as a clerk finds it out for the daemon's log.
struct PluginSurvey: Codable, Sendable {
  /// What the clerk is told.
  struct Order: Codable, Sendable {
    var reader: SpecReader
    var asksHungAgain: Bool
  }

  var stageCount: Int
  var pluginCount: Int
  /// Sentences about plugins and stages that are of no use.
  var broken: [String]
  var warnings: [String]

  private static func answer(to orderPath: String) -> String { "\(orderPath).answer" }

  /// Asks the plugins and writes the answer beside the order.
  static func make(orderPath: String) throws {
    let order = try ClerkFile.read(Order.self, from: orderPath)
    let catalog = order.reader.catalog(asksHungAgain: order.asksHungAgain)
    let survey = PluginSurvey(
      stageCount: catalog.stageIDs.count, pluginCount: catalog.plugins.count,
      broken: catalog.brokenPlugins.prefix(100).map { "broken plugin: \($0.reason)" }
        + catalog.brokenStages.prefix(100).map {
          "broken stage '\($0.stage.id)' in '\($0.plugin.path)': \($0.stage.reason)"
        },
      warnings: catalog.warnings.filter { $0.kind != .copy }.prefix(100).map(\.text))
    try ClerkFile.write(survey, to: answer(to: orderPath))
  }

  /// Surveys that the daemon has asked for, one at a time.
  final class Desk {
    private var settings: ClerkSettings
    private let reader: SpecReader
    private let log: DaemonLog
    private var clerk: ClerkProcess?
    private var isWanted = false
    private var asksHungAgain = false

    init(settings: ClerkSettings, reader: SpecReader, log: DaemonLog) {
      // How long it takes is the plugins' business, not a spec's.
      self.settings = settings
      self.settings.seconds = max(settings.seconds, 600)
      self.reader = reader
      self.log = log
    }

    var descriptors: [Int32] { [clerk?.descriptor].compactMap(\.self) }
    var deadline: ContinuousClock.Instant? { isWanted && clerk == nil ? .now : clerk?.deadline }
    var isQuiet: Bool { clerk == nil }

    private var path: String { "\(settings.temporaryFolder)/survey.json" }

    /// Asks for a survey.
    func ask(hungAgain: Bool) {
      isWanted = true
      asksHungAgain = asksHungAgain || hungAgain
    }

    func stop() {
      isWanted = false
      clerk?.stop()
    }

    func step(at now: ContinuousClock.Instant) {
      if let ending = clerk?.look(at: now) {
        clerk = nil
        tell(ending)
      }
      guard isWanted, clerk == nil else { return }
      isWanted = false
      do {
        try ClerkFile.write(Order(reader: reader, asksHungAgain: asksHungAgain), to: path)
        asksHungAgain = false
        clerk = try ClerkProcess.start(.survey, path, talk: "\(path).txt", settings: settings)
      } catch {
        log.write("the plugins can't be looked at now: \(error)", level: .warning)
      }
    }

    private func tell(_ ending: ClerkProcess.Ending) {
      switch ending {
      case .done: break
      case .stopped: return
      case .passing(let reason), .fell(let reason):
        return log.write("the plugins can't be looked at now: \(reason)", level: .warning)
      case .unfinished: return
      }
      guard
        let survey = try? ClerkFile.read(PluginSurvey.self, from: PluginSurvey.answer(to: path))
      else { return log.write("the plugins can't be looked at now", level: .warning) }
      log.write("there are \(survey.stageCount) stages of \(survey.pluginCount) plugins")
      for sentence in survey.broken { log.write(sentence, level: .warning) }
      for warning in survey.warnings { log.write(warning, level: .warning) }
    }
  }
}

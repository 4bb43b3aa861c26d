import JobModel
import StageHost

/// Calls leave as it was what all stages of a process share: rounding, working directory, locale, descriptors.
enum AmbientRule {
  static func check(_ subject: Subject) throws -> Findings {
    let unfit: Subject.Unfit?
    do {
      _ = try subject.run(try subject.goodTrial())
      unfit = nil
    } catch let error as Subject.Unfit {
      unfit = error
    }
    if let unfit, subject.changes.isEmpty { throw unfit }
    return Findings(faults: subject.changes.map { "\($0), which all stages share" })
  }
}

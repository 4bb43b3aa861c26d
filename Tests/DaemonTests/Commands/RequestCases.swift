import Foundation
import JobModel
import LatticeDriver

/// Options of `cancel`, `pause`, `resume`, `retry` and `priority`.
enum RequestCases {
  /// A command, its words before the job, a job that it suits, what it asks for.
  private static let requests:
    [(command: String, words: [String], job: String, action: ControlRequest.Action)] = [
      ("cancel", [], "held", .cancel), ("pause", [], "waits", .pause),
      ("resume", [], "held", .resume),
      ("retry", [], "bad", .retry(failedOnly: true)), ("priority", ["7"], "waits", .setPriority(7)),
    ]

  static let all =
    requests.map { command, words, job, action in
      OptionCase(
        command: command, option: "--spool", base: words + [job], adds: ["--spool", "{spool}"],
        kind: .copy
      ) {
        let id = $0.scene.filled("{id:\(job)}")
        return try $0.status == 0
          && $0.talk == "noted for '\(job)' (\(id)); it takes effect when latticed runs again\n"
          && $0.scene.requests().map(\.action) == [action]
      }
    } + [
      OptionCase(
        command: "retry", option: "--everything", base: ["bad"], adds: ["--everything"], kind: .copy
      ) { try $0.scene.requests().map(\.action) == [.retry(failedOnly: false)] }
    ]
}

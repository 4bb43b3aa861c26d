package import YAML

/// A fault or a warning found in a spec, with the place, the way out and a stable code.
package struct Diagnostic: Hashable, Sendable, Error {
  package enum Severity: String, Codable, Hashable, Sendable { case error, warning }

  /// A second place that belongs to the fault: the other end of a mismatch.
  package struct Note: Hashable, Sendable {
    package var mark: SourceMark?
    package var message: String

    package init(_ message: String, at mark: SourceMark?) {
      self.message = message
      self.mark = mark
    }
  }

  package var severity: Severity
  /// `E021`; never reused for another fault.
  package var code: String
  package var message: String
  /// Nil when the fault is of the whole file.
  package var mark: SourceMark?
  /// Where in the document, as a path: `stages[1].params.size`.
  package var path: String?
  /// What to write instead, when there is one obvious thing.
  package var fix: String?
  package var notes: [Note]

  package init(
    _ code: String, _ message: String, at mark: SourceMark?,
    severity: Severity = .error, path: String? = nil, fix: String? = nil, notes: [Note] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.mark = mark
    self.path = path
    self.fix = fix
    self.notes = notes
  }
}

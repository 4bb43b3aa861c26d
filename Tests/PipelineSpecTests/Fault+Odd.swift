/// Characters that look like a space, a quote or nothing.
extension Fault {
  static let ofOdd: [Fault] = [
    Fault.appended(
      "noBreakSpaceAfterAKey",
      "limits: { cpus:\u{A0} 16 }",
      says: """
        spec.yaml:5:16: error[E013]: a no-break space (U+00A0) stands in column 16, which looks like a space and is none; write a plain space, or put the text in quotes if it is meant
            5 | limits: { cpus:\u{A0} 16 }
              |                ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "noBreakSpaceBeforeAValue",
      "priority: \u{A0}5",
      says: """
        spec.yaml:5:11: error[E013]: a no-break space (U+00A0) stands in column 11, which looks like a space and is none; write a plain space, or put the text in quotes if it is meant
            5 | priority: \u{A0}5
              |           ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "noBreakSpaceAsIndentation",
      "limits:\n\u{A0}\u{A0}cpus: 2",
      says: """
        spec.yaml:6:1: error[E013]: a no-break space (U+00A0) stands in column 1, which looks like a space and is none; write a plain space, or put the text in quotes if it is meant
            6 | \u{A0}\u{A0}cpus: 2
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "zeroWidthSpace",
      "output: { dir: out\u{200B}puts }",
      says: """
        spec.yaml:5:19: error[E013]: a zero width space (U+200B) that can't be seen stands in column 19; delete it, or put the text in quotes if it is meant
            5 | output: { dir: out\u{FFFD}puts }
              |                   ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "byteOrderMarkInTheMiddle",
      "\u{FEFF}seed: 1",
      says: """
        spec.yaml:5:1: error[E001]: a zero width no-break space (U+FEFF) that can't be seen stands in column 1; delete it, or put the text in quotes if it is meant
            5 | \u{FFFD}seed: 1
              | ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "curlyQuotesAroundAText",
      "output: { dir: \u{201C}out\u{201D} }",
      says: """
        spec.yaml:5:16: error[E013]: \u{201C} (U+201C) in column 16 is no quote in YAML; write ", or put quotes around the text if it is meant
            5 | output: { dir: \u{201C}out\u{201D} }
              |                ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "curlyQuotesAroundBraces",
      "output: { dir: \u{2018}{job.name}\u{2019} }",
      says: """
        spec.yaml:5:16: error[E013]: \u{2018} (U+2018) in column 16 is no quote in YAML; write ', or put quotes around the text if it is meant
            5 | output: { dir: \u{2018}{job.name}\u{2019} }
              |                ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "lineSeparatorInAComment",
      "seed: 1 # pasted\u{2028}from a page",
      says: """
        spec.yaml:5:17: error[E013]: a line break (U+2028) that can't be seen stands in column 17; delete it, or write \\u2028 in double quotes
            5 | seed: 1 # pasted
              |                 ^
        1 error, 0 warnings: not queued.
        """),
  ]
}

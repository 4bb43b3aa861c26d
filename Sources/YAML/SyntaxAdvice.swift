/// What the parser's terse complaints mean and how to mend them.
enum SyntaxAdvice {
  /// What to tell the author.
  ///
  /// - Parameters:
  ///   - problem: The parser's words.
  ///   - found: The character it stopped at; nil at the end.
  /// - Returns: A sentence without its full stop.
  static func sentence(for problem: String, at found: Unicode.Scalar?) -> String {
    switch problem {
    case "found character that cannot start any token":
      return found == "\t"
        ? "a tab stands where a value or key starts; indent with spaces"
        : "a text can't start with '\(found.map { String($0).quotable } ?? "")'; put it in quotes"
    case "control characters are not allowed":
      let code = String(found?.value ?? 0, radix: 16, uppercase: true)
      return
        "the control character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)"
        + " can't stand in YAML; delete it, or write it as an escape in double quotes"
    default:
      return sentences[problem] ?? "\(problem); check the quotes and the indentation here"
    }
  }

  /// The structure a complaint is about, as messages call it; nil when it says no more than the place.
  static func structure(_ context: String) -> String? { structures[context] }

  /// Complaints whose cause is where the structure starts, not where the parser gave up.
  static func isCauseAtStart(_ problem: String, in context: String) -> Bool {
    context == "while scanning a simple key"
      || context == "while scanning a quoted scalar" && problem == "found unexpected end of stream"
  }

  private static let structures = [
    "while parsing a block mapping": "the mapping",
    "while parsing a flow mapping": "the mapping",
    "while parsing a block collection": "the list",
    "while parsing a flow sequence": "the list",
    "while scanning a quoted scalar": "the quoted text",
    "while scanning a plain scalar": "the text",
    "while scanning a block scalar": "the text",
  ]

  private static let sentences = [
    "mapping values are not allowed in this context":
      "a ':' stands where no key can be; quote texts that hold ': ', and indent keys of one mapping alike",
    "could not find expected ':'":
      "a key without its ':'; write 'key: value', with a space after the colon",
    "did not find expected key":
      "the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [",
    "did not find expected '-' indicator":
      "an entry of a list is expected here; start it with '- ', or indent the key like those above it",
    "found unexpected end of stream":
      "this quote is never closed; put the same quote at the end of the text",
    "did not find expected ',' or ']'":
      "a list in brackets needs ',' between entries and a ']' at its end",
    "did not find expected ',' or '}'":
      "a mapping in braces needs ',' between entries and a '}' at its end",
    "did not find expected node content":
      "a value is missing here; write one, and quote texts that start with , ] or }",
    "block sequence entries are not allowed in this context":
      "a list can't start on the line of its key; put '- ' on the next line",
    "mapping keys are not allowed in this context":
      "a '?' followed by a space can't stand here; put the text in quotes",
    "did not find expected alphabetic or numeric character":
      "'*' starts an alias and '&' an anchor, whose name is letters and digits; put a text such as \"**/*.png\" in quotes",
    "found unknown escape character":
      "an unknown '\\' escape in double quotes; use single quotes to take backslashes as they are",
    "did not find expected hexdecimal number":
      "'\\x' needs 2, '\\u' 4 and '\\U' 8 hexadecimal digits; use single quotes to take backslashes as they are",
    "found invalid Unicode character escape code":
      "the escape stands for no Unicode character; write the character itself",
    "found a tab character that violates indentation":
      "a tab stands in the indentation; indent with spaces",
    "found a tab character where an indentation space is expected":
      "a tab stands in the indentation; indent with spaces",
    "found an indentation indicator equal to 0":
      "the digit after '|' or '>' counts spaces and is 1 to 9; leave it out",
    "did not find expected comment or line break":
      "nothing but a comment can follow here; put the text on the next line",
    "found unexpected document indicator":
      "a line '---' or '...' stands inside a quoted text; close the quote before it",
    "did not find expected <document start>":
      "the document ended before this line; delete the line '...', or what follows it",
    "found undefined tag handle":
      "a tag with an unknown prefix; tags mean nothing here, leave it out",
    "did not find URI escaped octet": "a '%' in a tag; tags mean nothing here, leave it out",
    "did not find the expected '>'": "a tag without its '>'; tags mean nothing here, leave it out",
    "found incompatible YAML document":
      "this is read as YAML 1.2; leave the line '%YAML' out",
    "found duplicate %YAML directive": "a second line '%YAML'; leave both out",
    "found unknown directive name": "a directive this format doesn't know; leave the line out",
  ]
}

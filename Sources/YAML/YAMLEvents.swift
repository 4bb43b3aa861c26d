import CYAML

/// The events of libyaml's parser, with places and without its memory.
final class YAMLEvents {
  struct Scalar {
    var text: String
    var isPlain: Bool
    var anchor: String?
    var tag: String?
    var mark: SourceMark
  }

  enum Event {
    case streamStart, streamEnd
    case documentStart(SourceMark)
    case documentEnd
    case alias(String, SourceMark)
    case scalar(Scalar)
    case sequenceStart(anchor: String?, tag: String?, SourceMark)
    case sequenceEnd
    case mappingStart(anchor: String?, tag: String?, SourceMark)
    case mappingEnd

    var mark: SourceMark? {
      switch self {
      case .documentStart(let mark), .alias(_, let mark), .sequenceStart(_, _, let mark),
        .mappingStart(_, _, let mark):
        mark
      case .scalar(let scalar): scalar.mark
      default: nil
      }
    }
  }

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let bytes: UnsafeMutablePointer<UInt8>

  init(_ bytes: [UInt8]) throws(YAMLFault) {
    self.bytes = .allocate(capacity: max(1, bytes.count))
    self.bytes.initialize(from: bytes, count: bytes.count)
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLFault(.syntax, "no memory to read the spec", at: nil)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, self.bytes, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  /// The next event.
  ///
  /// - Throws: ``YAMLFault`` of kind syntax.
  func next() throws(YAMLFault) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw fault() }
    defer { yaml_event_delete(&event) }
    let mark = Self.mark(event.start_mark, event.end_mark)
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_DOCUMENT_START_EVENT: return .documentStart(mark)
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "", mark)
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return .scalar(
        Scalar(
          text: String(decoding: value, as: UTF8.self),
          isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: Self.text(scalar.anchor),
          tag: Self.text(scalar.tag), mark: mark))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return .sequenceStart(
        anchor: Self.text(start.anchor), tag: Self.text(start.tag), Self.point(mark))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return .mappingStart(
        anchor: Self.text(start.anchor), tag: Self.text(start.tag), Self.point(mark))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return .streamEnd
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private static func mark(_ start: yaml_mark_t, _ end: yaml_mark_t) -> SourceMark {
    let length = start.line == end.line ? Int(end.column) - Int(start.column) : 1
    return SourceMark(
      line: Int(start.line) + 1, column: Int(start.column) + 1, length: max(1, length))
  }

  private static func point(_ mark: SourceMark) -> SourceMark {
    SourceMark(line: mark.line, column: mark.column)
  }

  /// The parser's complaint as a sentence.
  private func fault() -> YAMLFault {
    let found = parser.pointee
    let problem = found.problem.map { String(cString: $0) } ?? "the text can't be read"
    let mark = SourceMark(
      line: Int(found.problem_mark.line) + 1, column: Int(found.problem_mark.column) + 1)
    var message = SyntaxAdvice.sentence(for: problem)
    var other: SourceMark?
    if let context = found.context, found.context_mark.line != found.problem_mark.line {
      other = SourceMark(
        line: Int(found.context_mark.line) + 1, column: Int(found.context_mark.column) + 1)
      message += " (\(String(cString: context)) that began on line \(found.context_mark.line + 1))"
    }
    return YAMLFault(.syntax, message, at: mark, other: other)
  }
}

/// What the parser's terse complaints mean and how to mend them.
enum SyntaxAdvice {
  static func sentence(for problem: String) -> String {
    switch problem {
    case "mapping values are not allowed in this context":
      "a ':' stands where no key can be; quote texts that hold ': ', and indent keys of one mapping alike"
    case "could not find expected ':'":
      "a key without its ':' — write 'key: value', with a space after the colon"
    case "found character that cannot start any token":
      "a character that can't start a value; indent with spaces, not tabs, and quote texts that start with @, ` or %"
    case "did not find expected key":
      "the text goes on where a key was expected; check the indentation and that quotes are closed"
    case "did not find expected '-' indicator":
      "an entry of a list is expected here; start it with '- ' at the same indentation as the others"
    case "found unexpected end of stream":
      "the file ends inside a quoted text; close the quote"
    case "did not find expected ',' or ']'":
      "a list in brackets needs ',' between entries and a ']' at its end"
    case "did not find expected ',' or '}'":
      "a mapping in braces needs ',' between entries and a '}' at its end"
    case "block sequence entries are not allowed in this context":
      "a list can't start on the line of its key; put '- ' on the next line"
    case "found unknown escape character":
      "an unknown '\\' escape in double quotes; use single quotes to take backslashes as they are"
    default: problem
    }
  }
}

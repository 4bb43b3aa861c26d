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
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) throws(YAMLFault) {
    self.bytes = .allocate(capacity: bytes.count)
    _ = self.bytes.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLFault(.syntax, "no memory to read the spec", at: nil)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, self.bytes.baseAddress, bytes.count)
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
    if found.error == YAML_READER_ERROR {
      return YAMLFault(
        .syntax,
        SyntaxAdvice.sentence(for: problem, at: Unicode.Scalar(UInt32(found.problem_value))),
        at: SourceMark(ofByte: found.problem_offset, in: bytes))
    }
    let place = place(found.problem_mark)
    let message = SyntaxAdvice.sentence(for: problem, at: scalar(found.problem_mark.index))
    guard let context = found.context.map({ String(cString: $0) }) else {
      return YAMLFault(.syntax, message, at: place)
    }
    let start = self.place(found.context_mark)
    if SyntaxAdvice.isCauseAtStart(problem, in: context) {
      return YAMLFault(.syntax, message, at: start)
    }
    guard start.line != place.line, let structure = SyntaxAdvice.structure(context) else {
      return YAMLFault(.syntax, message, at: place)
    }
    return YAMLFault(
      .syntax, "\(message) (in \(structure) that starts on line \(start.line))", at: place,
      other: start)
  }

  /// The place of a mark; what lies behind all text is moved to its end.
  private func place(_ mark: yaml_mark_t) -> SourceMark {
    let place = SourceMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    let last = bytes.lastIndex { !" \t\r\n".utf8.contains($0) }
    let end = SourceMark(ofByte: last.map { $0 + 1 } ?? 0, in: bytes)
    return (place.line, place.column) < (end.line, end.column) ? place : end
  }

  /// The character after `index` others; nil at the end.
  private func scalar(_ index: Int) -> Unicode.Scalar? {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.dropFirst(index).first
  }
}

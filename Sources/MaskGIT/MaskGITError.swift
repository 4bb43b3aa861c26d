/// Why a masked token model can't be what somebody asks of it.
package enum MaskGITError: Error, Hashable, Sendable {
  case config(String)
  case kind(found: String, expected: String)
  case format(Int)
  case size(key: String, value: Int, most: Int)
  case heads(hidden: Int, heads: Int)
  case headWidth(Int)
  case grid([Int], tokens: Int)
  case levels([Int], codes: Int)
  case classNames(Int, classes: Int)
  case maskToken(found: Int, codes: Int, classes: Int)
  case vocabulary(rows: Int, codes: Int, classes: Int)
  case token(Int, place: Int, codes: Int)
  case tokenCount(Int, expected: Int)
  case label(Int, classes: Int)
  case className(String, nearest: [String])
}

extension MaskGITError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .config(let sentence): "config.json of the model: \(sentence)"
    case .kind(let found, let expected):
      "config.json of the model: its kind is '\(found)', but this stage takes '\(expected)'"
    case .format(let format):
      "config.json of the model: format \(format) is newer than this program, which knows 1"
    case .size(let key, let value, let most):
      "config.json of the model: '\(key)' is \(value); it must be at least 1 and at most \(most)"
    case .heads(let hidden, let heads):
      "config.json of the model: \(heads) heads can't share a width of \(hidden) evenly"
    case .headWidth(let width):
      """
      config.json of the model: heads are \(width) wide; rotary positions in two dimensions need a multiple of 4
      """
    case .grid(let grid, let tokens):
      "config.json of the model: 'grid' is \(grid), but it must be two sizes whose product is \(tokens)"
    case .levels(let levels, let codes):
      "config.json of the model: 'levels' is \(levels), but their product must be 'codebook_size', \(codes)"
    case .classNames(let names, let classes):
      "config.json of the model: it names \(names) classes, but 'num_class' is \(classes)"
    case .maskToken(let found, let codes, let classes):
      """
      config.json of the model: 'mask_token' is \(found), but the vocabulary holds \(codes) codes, then \(classes) \
      classes, then the mask, \(codes + classes)
      """
    case .vocabulary(let rows, let codes, let classes):
      """
      the word embedding has \(rows) rows; \(codes) codes, \(classes) classes and the mask make \(codes + classes + 1). \
      If the checkpoint is another model's, give its own config.json
      """
    case .token(let token, let place, let codes):
      "token \(token) at place \(place) is no code: codes are 0...\(codes - 1), and -1 is a place to fill"
    case .tokenCount(let count, let expected):
      "the image has \(count) tokens, but the model was made for \(expected)"
    case .label(let label, let classes):
      classes == 0
        ? "class \(label) was asked for, but the model knows no classes"
        : "class \(label) was asked for, but the model's are 0...\(classes - 1)"
    case .className(let name, let nearest):
      nearest.isEmpty
        ? "'\(name)' is no class of the model, which has numbers alone"
        : "'\(name)' is no class of the model; the nearest are \(nearest.map { "'\($0)'" }.joined(separator: ", "))"
    }
  }
}

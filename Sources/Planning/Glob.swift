package import FileNames

/// A pattern of paths: `*` and `?` within one part, `**` over parts, `[a-z]`, `{jpg,png}`; case counts unless asked not
/// to.
///
/// Names are matched as they are: `?` stands for a character of UTF-8 or for a byte that belongs to none, and the two
/// ways to write `é` are two names. Work is bounded by the length of the pattern times that of the path, whatever the
/// pattern.
package struct Glob: Hashable, Sendable {
  /// Pictures, at any depth, whatever the case of their endings.
  package static let images = Glob("**/*.{png,jpg,jpeg,jpe,jfif}", ignoringCase: true)

  /// As it was written.
  package let text: String
  private let ignoresCase: Bool
  private let steps: [GlobStep]

  package init(_ text: String, ignoringCase: Bool = false) {
    self.text = text
    ignoresCase = ignoringCase
    let pattern = FileName(text).units
    var program = GlobProgram(ignoringCase ? pattern.map(\.lowercased) : pattern)
    steps = program.finished()
  }

  /// True when the pattern matches the whole of a relative path.
  package func matches(_ path: FileName) -> Bool { states(after: path).contains(steps.count) }

  /// True when the pattern may match something below a folder.
  package func canMatch(below folder: FileName) -> Bool {
    states(after: folder + "/").contains(where: { $0 < steps.count })
  }

  /// Where in the pattern a path may lead to.
  private func states(after path: FileName) -> GlobStates {
    var states = GlobStates(count: steps.count + 1)
    states.enter(0, steps)
    for unit in (ignoresCase ? path.lowercased : path).units where !states.isEmpty {
      let before = states.take()
      for state in before where state < steps.count && steps[state].takes(unit) {
        states.enter(state + 1, steps)
      }
    }
    return states
  }
}

/// The places in a pattern that what was read so far may lead to.
private struct GlobStates {
  private var places: [Int] = []
  /// By place, the round in which it was entered last.
  private var rounds: [Int]
  private var round = 1

  init(count: Int) { rounds = [Int](repeating: 0, count: count) }

  var isEmpty: Bool { places.isEmpty }
  func contains(_ place: Int) -> Bool { rounds[place] == round }
  func contains(where isWanted: (Int) -> Bool) -> Bool { places.contains(where: isWanted) }

  /// Gives the places and begins the next round with none.
  mutating func take() -> [Int] {
    defer {
      places = []
      round += 1
    }
    return places
  }

  /// Adds a place and those that are reached from it without a character.
  mutating func enter(_ start: Int, _ steps: [GlobStep]) {
    var waiting = [start]
    while let place = waiting.popLast() {
      guard rounds[place] != round else { continue }
      rounds[place] = round
      places.append(place)
      if place < steps.count, case .branch(let targets) = steps[place] { waiting += targets }
    }
  }
}

/// What a pattern asks of one character, or where it goes on without one.
enum GlobStep: Hashable, Sendable {
  case unit(NameUnit)
  case any
  case notSlash
  case set([ClosedRange<NameUnit>], isNegated: Bool)
  case branch([Int])

  func takes(_ unit: NameUnit) -> Bool {
    switch self {
    case .unit(let wanted): unit == wanted
    case .any: true
    case .notSlash: unit != "/"
    case .set(let ranges, let isNegated):
      unit != "/" && ranges.contains { $0.contains(unit) } != isNegated
    case .branch: false
    }
  }
}

/// Turns the text of a pattern into steps.
private struct GlobProgram {
  /// Braces within braces; deeper ones stand for themselves.
  private static let deepest = 16

  private let pattern: [NameUnit]
  /// For each opening brace that has one, its closing brace.
  private let partners: [Int: Int]
  /// For each place, the first closing bracket at it or after it; the length of the pattern where there is none.
  private let brackets: [Int]
  private var steps: [GlobStep] = []

  init(_ pattern: [NameUnit]) {
    self.pattern = pattern
    var open: [Int] = []
    var partners: [Int: Int] = [:]
    for (index, character) in pattern.enumerated() {
      if character == "{" { open.append(index) }
      if character == "}", let start = open.popLast() { partners[start] = index }
    }
    self.partners = partners
    var brackets = [Int](repeating: pattern.count, count: pattern.count + 1)
    for index in pattern.indices.reversed() {
      brackets[index] = pattern[index] == "]" ? index : brackets[index + 1]
    }
    self.brackets = brackets
  }

  mutating func finished() -> [GlobStep] {
    compile(pattern.indices, depth: 0)
    return steps
  }

  private mutating func compile(_ range: Range<Int>, depth: Int) {
    var index = range.lowerBound
    while index < range.upperBound {
      switch pattern[index] {
      case "*" where index + 1 < range.upperBound && pattern[index + 1] == "*":
        index += 2
        let isFolders = index < range.upperBound && pattern[index] == "/"
        // `**/` also stands for no folder at all.
        let start = steps.count
        if isFolders { steps.append(.branch([])) }
        repeated(.any)
        guard isFolders else { continue }
        steps.append(.unit("/"))
        steps[start] = .branch([start + 1, steps.count])
        index += 1
      case "*":
        repeated(.notSlash)
        index += 1
      case "?":
        steps.append(.notSlash)
        index += 1
      case "[": index = set(at: index, end: range.upperBound)
      case "{" where partners[index] != nil && depth < Self.deepest:
        index = alternatives(at: index, depth: depth)
      default:
        steps.append(.unit(pattern[index]))
        index += 1
      }
    }
  }

  private mutating func repeated(_ step: GlobStep) {
    let start = steps.count
    steps += [.branch([start + 1, start + 3]), step, .branch([start])]
  }

  /// Compiles alternatives such as `{a,b}` and gives the index after them.
  private mutating func alternatives(at open: Int, depth: Int) -> Int {
    guard let close = partners[open] else { return open + 1 }
    let start = steps.count
    steps.append(.branch([]))
    var targets: [Int] = []
    var exits: [Int] = []
    var first = open + 1
    var index = first
    while index <= close {
      if index == close || pattern[index] == "," {
        targets.append(steps.count)
        compile(first..<index, depth: depth + 1)
        exits.append(steps.count)
        steps.append(.branch([]))
        first = index + 1
      }
      index = index < close ? (partners[index] ?? index) + 1 : index + 1
    }
    steps[start] = .branch(targets)
    for exit in exits { steps[exit] = .branch([steps.count]) }
    return close + 1
  }

  /// Compiles a set such as `[a-z]` and gives the index after it; a bracket without a partner stands for itself.
  private mutating func set(at open: Int, end: Int) -> Int {
    let close = open + 2 < end ? brackets[open + 2] : end
    guard close < end else {
      steps.append(.unit("["))
      return open + 1
    }
    var members = pattern[(open + 1)..<close]
    let isNegated = members.first == "!" || members.first == "^"
    if isNegated { members = members.dropFirst() }
    var ranges: [ClosedRange<NameUnit>] = []
    while let first = members.popFirst() {
      if members.first == "-", let last = members.dropFirst().first {
        if first <= last { ranges.append(first...last) }
        members = members.dropFirst(2)
      } else {
        ranges.append(first...first)
      }
    }
    steps.append(.set(ranges, isNegated: isNegated))
    return close + 1
  }
}

import SampleFiles

/// The files of a new plugin: it builds, passes its tests and runs in a pipeline before a line is changed.
package struct PluginTemplate: Sendable {
  /// What it is written in.
  package enum Language: String, CaseIterable, Sendable {
    case swift, c, cpp, rust
  }

  /// Where its stage stands in a pipeline.
  package enum Kind: String, CaseIterable, Sendable {
    case map, source, sink, task
  }

  /// A file to write.
  package struct File: Sendable {
    /// Relative to the plugin's folder.
    package var path: String
    package var bytes: [UInt8]

    init(_ path: String, _ text: String) {
      self.path = path
      bytes = Array(text.utf8)
    }

    init(_ path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  private let name: String
  private let language: Language
  private let kind: Kind

  /// - Parameters:
  ///   - name: Of the plugin, such as `my-stage`; see ``isName(_:)``.
  ///   - language: What it is written in.
  ///   - kind: Of its stage.
  package init(name: String, language: Language, kind: Kind) {
    self.name = name
    self.language = language
    self.kind = kind
  }

  /// True for small letters, digits and single hyphens, beginning with a letter: what files, crates and ids may all be
  /// called.
  package static func isName(_ name: String) -> Bool {
    let words = name.split(separator: "-", omittingEmptySubsequences: false)
    return name.utf8.first.map { isLetter($0) } == true
      && words.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { isLetter($0) || isDigit($0) } }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// All files.
  package var files: [File] {
    var files = sources.map { File(filled($0.path), filled($0.text)) }
    files.append(File("pipeline.yaml", filled(PipelineText.of(kind))))
    files.append(File("README.md", filled(ReadmeText.of(language))))
    files.append(File(".gitignore", "*.stage.so\n/results/\n/.lattice/\n\(ignored)"))
    if kind != .source {
      for number in 0..<3 {
        files.append(
          File(
            "samples/\(number).png", bytes: SamplePNG.bytes(width: 96, height: 64, shift: number)))
      }
    }
    return files
  }

  private var ignored: String {
    switch language {
    case .swift: "/.build/\nPackage.resolved\n"
    case .rust: "/target/\n"
    case .c, .cpp: "/unit-test\n"
    }
  }

  private var sources: [(path: String, text: String)] {
    switch language {
    case .swift: SwiftTemplate.files(kind)
    case .c: CTemplate.files(kind)
    case .cpp: CPlusPlusTemplate.files(kind)
    case .rust: RustTemplate.files(kind)
    }
  }

  /// A text with its names put in.
  private func filled(_ text: String) -> String {
    let words = name.split(separator: "-")
    let type = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    let values = [
      ("@NAME@", name), ("@IDENT@", words.joined(separator: "_")), ("@TYPE@", type),
      ("@STAGE@", "\(name).\(verb)"), ("@VERB@", verb), ("@SUMMARY@", summary),
    ]
    return values.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  private var verb: String {
    switch kind {
    case .map: "apply"
    case .source: "make"
    case .sink: "write"
    case .task: "run"
    }
  }

  private var summary: String {
    switch kind {
    case .map: "Multiplies pictures by a number."
    case .source: "Makes pictures of noise."
    case .sink: "Writes the mean of each picture to a text file."
    case .task: "Counts to a number, and writes it down."
    }
  }
}

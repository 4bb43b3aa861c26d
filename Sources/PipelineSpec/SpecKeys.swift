/// The keys of a spec: what the reader accepts and the JSON Schema tells editors come from these tables alone.
enum SpecKeys {
  /// What a key takes.
  indirect enum Kind: Sendable {
    case text
    /// A text of at most so many characters.
    case shortText(Int)
    case whole(ClosedRange<Int>)
    case boolean
    case size
    case duration
    case backoff
    case allowance
    /// A count of training steps: `500 steps`.
    case steps
    /// `NAME`, or `NAME@VERSION`.
    case modelName
    case choice([String])
    case list(Kind)
    case mapping(Table)
    /// A mapping whose keys are names of the author's own.
    case named(Kind)
    /// Any of several.
    case either([Kind])
    case anything
  }

  struct Key: Sendable {
    var name: String
    var kind: Kind
    var doc: String
    var isRequired = false
  }

  struct Table: Sendable {
    /// How messages call the mapping: "the spec", "a stage".
    var place: String
    var keys: [Key]
    var allowsOwnKeys = false
  }

  static let top = Table(
    place: "the spec",
    keys: [
      Key(
        name: "version", kind: .whole(1...1), doc: "Version of this format: 1.", isRequired: true),
      Key(name: "name", kind: .text, doc: "What the job is called.", isRequired: true),
      Key(name: "priority", kind: .whole(-1000...1000), doc: "Higher goes first; 0 by default."),
      Key(
        name: "hold", kind: .boolean, doc: "Take the job in but start it only on 'lattice resume'."),
      Key(name: "input", kind: .named(.mapping(input)), doc: "Where the items come from."),
      Key(name: "stages", kind: .list(.mapping(stage)), doc: "The steps.", isRequired: true),
      Key(name: "output", kind: .mapping(output), doc: "Where results go."),
      Key(name: "shards", kind: .mapping(shards), doc: "How the work is cut into pieces."),
      Key(name: "limits", kind: .mapping(limits), doc: "What one worker may use."),
      Key(name: "retry", kind: .mapping(retry), doc: "How often a shard is tried."),
      Key(name: "errors", kind: .mapping(errors), doc: "How many items may fail."),
      Key(
        name: "seed", kind: .whole(0...Int.max), doc: "Start of all random numbers; 0 by default."),
    ], allowsOwnKeys: true)

  static let input = Table(
    place: "an input",
    keys: [
      Key(
        name: "dir", kind: .text,
        doc: "Folder that is searched for files; hidden ones are left out."),
      Key(
        name: "glob", kind: .shortText(SpecBounds.globLength),
        doc:
          "Which files below 'dir': \"**/*.{jpg,png}\"; PNG and JPEG by their names, in any case, by default."
      ),
      Key(
        name: "exclude",
        kind: .either([
          .shortText(SpecBounds.globLength), .list(.shortText(SpecBounds.globLength)),
        ]),
        doc: "Files and whole folders below 'dir' that are left out: \"drafts/**\", or a list."),
      Key(name: "files", kind: .list(.text), doc: "Files by name, in this order."),
      Key(
        name: "list", kind: .text,
        doc: "Text file with one path a line, or with paths that end with NUL."),
      Key(name: "count", kind: .whole(1...100_000_000), doc: "So many items without a file."),
    ])

  static let stage = Table(
    place: "a stage",
    keys: [
      Key(name: "id", kind: .text, doc: "Your name for this step.", isRequired: true),
      Key(
        name: "use", kind: .text, doc: "The stage and its versions: image.read@1.", isRequired: true
      ),
      Key(name: "in", kind: .named(.text), doc: "Where its input ports get their data."),
      Key(name: "params", kind: .named(.anything), doc: "Its parameters."),
      Key(
        name: "model",
        kind: .either([.text, .mapping(modelFile), .named(.either([.text, .mapping(modelFile)]))]),
        doc: "The model it opens: name@version, or a path with its sha256."),
      Key(
        name: "checkpoint", kind: .mapping(checkpoint),
        doc: "How often a task keeps what it goes on from after a crash."),
    ], allowsOwnKeys: true)

  static let checkpoint = Table(
    place: "'checkpoint'",
    keys: [
      Key(
        name: "every", kind: .steps,
        doc: "Steps between two checkpoints: 500 steps; the stage has its own by default."),
      Key(
        name: "keep", kind: .whole(1...1000),
        doc: "How many of the newest are kept; the stage has its own by default."),
    ])

  static let modelFile = Table(
    place: "a model",
    keys: [
      Key(name: "path", kind: .text, doc: "File or folder of the model.", isRequired: true),
      Key(name: "sha256", kind: .text, doc: "Its digest, 64 hexadecimal digits."),
    ])

  static let output = Table(
    place: "'output'",
    keys: [
      Key(name: "dir", kind: .text, doc: "Folder for the results, instead of the job's own."),
      Key(
        name: "exists", kind: .choice(["error", "skip", "replace"]),
        doc: "What happens when a name is taken."),
      Key(
        name: "model", kind: .modelName,
        doc: "The model a task makes: NAME@VERSION, or NAME for the next whole version."),
    ])

  static let shards = Table(
    place: "'shards'",
    keys: [
      Key(
        name: "items", kind: .whole(1...1_000_000), doc: "Items one worker does; 256 by default.",
        isRequired: true)
    ])

  static let limits = Table(
    place: "'limits'",
    keys: [
      Key(name: "cpus", kind: .whole(1...1024), doc: "Threads of one worker; 1 by default."),
      Key(name: "memory", kind: .size, doc: "Memory of one worker: 8GiB; 2GiB by default."),
      Key(name: "time", kind: .duration, doc: "Longest time for one attempt at a shard: 6h."),
      Key(
        name: "stall", kind: .duration,
        doc: "No progress for so long means the worker hangs: 5m by default."),
      Key(name: "batch", kind: .whole(1...65_536), doc: "Items to a call of a stage."),
    ])

  static let retry = Table(
    place: "'retry'",
    keys: [
      Key(name: "attempts", kind: .whole(1...100), doc: "Tries of a shard in all; 3 by default."),
      Key(name: "backoff", kind: .backoff, doc: "First and longest pause between tries: 10s..5m."),
    ])

  static let errors = Table(
    place: "'errors'",
    keys: [
      Key(
        name: "max_failed_items", kind: .allowance,
        doc:
          "Failed items up to which the job is 'partial' and not 'failed': 5 or 1%; 0 by default.",
        isRequired: true)
    ])
}

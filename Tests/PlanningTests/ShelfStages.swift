import JobModel

extension Shelf {
  static func read(_ version: String) -> StageDescription {
    stage(
      "pic.read", .source, version: version, hasCheck: true,
      schema: .object([
        "properties": .object([
          "size": .object([
            "type": "integer", "default": .int(256), "minimum": .int(1), "maximum": .int(1_048_576),
            "description": "side of the square",
          ]),
          "fit": .object([
            "type": "string", "enum": .array(["crop", "pad"]), "default": "crop",
            "description": "how it is made square",
          ]),
        ])
      ]), inputs: [file("file")], outputs: [rgb("image")])
  }

  static let write = stage(
    "pic.write", .sink,
    schema: .object([
      "additionalProperties": .bool(false),
      "properties": .object([
        "name": .object([
          "type": "string", "default": "{item.stem}.png", "x-lattice-template": .bool(true),
          "description": "the file's name",
        ]),
        "small": .object([
          "type": "string", "x-lattice-template": .bool(true),
          "x-lattice-may-be-empty": .bool(true), "description": "a small picture's name",
        ]),
        "exists": .object([
          "type": "string", "enum": .array(["error", "skip", "replace"]),
          "description": "what happens when it is there",
        ]),
      ]),
    ]), inputs: [port("image", [.f32, .u8], ["N", "H", "W", "C"], "image")])

  static let gray = stage(
    "pic.gray", .map, inputs: [rgb("image")],
    outputs: [port("image", [.f32], ["N", "H", "W", 1], "image.gray")])

  static let mix = stage(
    "pic.mix", .map, batch: 4,
    inputs: [
      port("first", [.f32], ["N", "H", "W", "C"]), port("second", [.f32], ["N", "H", "W", "C"]),
      port("mask", [.f32], ["N", "H", "W"], isOptional: true),
    ], outputs: [port("image", [.f32], ["N", "H", "W", "C"])])

  static let sheet = stage(
    "pic.sheet", .sink, reduces: true,
    schema: .object([
      "additionalProperties": .bool(false),
      "properties": .object([
        "name": .object([
          "type": "string", "default": "sheet.png", "x-lattice-template": .bool(true),
          "description": "the file's name",
        ])
      ]),
    ]), inputs: [port("image", [.f32], ["N", "H", "W", "C"], "image")])

  static let quantize = stage(
    "code.quantize", .map, inputs: [port("image", [.f32], ["N", "H", "W", 3])],
    outputs: [port("tokens", [.i32], ["N", "H", "W"], "tokens")])

  static let show = stage(
    "code.show", .map, inputs: [port("tokens", [.i32], ["N", 8, 8], "tokens")],
    outputs: [rgb("image")])

  static let count = stage(
    "code.count", .sink, inputs: [port("values", [.i32, .i64], ["N", "K"])])

  static let run = stage(
    "lab.run", .map, inputs: [rgb("image")], outputs: [rgb("image")], models: ["weights"])

  static let pair = stage(
    "lab.pair", .map, inputs: [rgb("image")], outputs: [rgb("image")],
    models: ["encoder", "decoder"])

  static let peek = stage(
    "lab.peek", .sink,
    inputs: [port("any", [.f32, .i32, .u8], nil), file("hint", isOptional: true)])

  static let train = stage("lab.train", .task)

  /// A task that makes a model.
  static let learn = StageDescription(
    id: "lab.learn", version: "1.0.0", summary: "s", kind: .task, publishes: true,
    inputs: [file("file", isOptional: true)])

  static let dice = stage("lab.dice", .source, outputs: [rgb("image")])

  /// A parameter that names a file.
  static let open = stage(
    "lab.open", .map,
    schema: .object([
      "additionalProperties": .bool(false),
      "properties": .object([
        "table": .object([
          "type": "string", "x-lattice-path": .bool(true), "description": "what to look up",
        ])
      ]),
    ]), inputs: [rgb("image")], outputs: [rgb("image")])

  /// A parameter of every kind.
  static let knobs = stage(
    "lab.knobs", .map,
    schema: .object([
      "additionalProperties": .bool(false), "required": .array(["rate"]),
      "properties": .object([
        "rate": .object([
          "type": "number", "minimum": .double(0.5), "maximum": .int(2),
          "description": "how fast it goes",
        ]),
        "gain": .object(["type": "number", "default": .int(1), "description": "how loud"]),
        "steps": .object(["type": "integer", "minimum": .int(1), "description": "how many"]),
        "loop": .object(["type": "boolean", "default": .bool(false), "description": "again"]),
        "label": .object(["type": "string"]),
        "kinds": .object([
          "type": "array", "description": "which",
          "items": .object(["type": .array(["string", "integer"])]),
        ]),
        "extra": .object([
          "type": "object", "description": "what you like", "additionalProperties": .bool(false),
          "required": .array(["a"]),
          "properties": .object(["a": true, "mode": .object(["enum": .array(["on", "off"])])]),
        ]),
        "angle": .object([
          "type": "integer", "exclusiveMinimum": .int(-180), "exclusiveMaximum": .int(180),
          "multipleOf": .int(45), "description": "which way",
        ]),
        "code": .object(["type": "string", "minLength": .int(2), "maxLength": .int(3)]),
        "bands": .object(["type": "array", "uniqueItems": true]),
        "speed-limit": .object([
          "anyOf": .array([
            .object(["type": "integer", "minimum": .int(1)]), .object(["const": "none"]),
          ])
        ]),
        "levels": .object([
          "type": "array", "minItems": .int(2), "maxItems": .int(4), "description": "per channel",
          "default": .array([.int(8), .int(5)]),
          "items": .object(["type": "integer", "minimum": .int(2), "maximum": .int(99)]),
        ]),
        "pair": .object(["type": "array", "minItems": .int(2), "maxItems": .int(2)]),
        "some": .object(["type": "array", "minItems": .int(1)]),
      ]),
    ]), inputs: [rgb("image")], outputs: [rgb("image")])
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  package init(booleanLiteral flag: Bool) { self = .bool(flag) }
  package init(stringLiteral text: String) { self = .string(text) }
}

import Foundation
import PipelineSpec
import Testing
import YAML

@Suite struct SchemaTests {
  private let schema: SchemaNode

  init() throws {
    schema = try SchemaNode(text: try SpecSchema.json())
  }

  @Test func namesItsDialect() throws {
    #expect(schema.value["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema.value["title"] as? String == "Lattice pipeline spec")
    #expect(schema.value["type"] as? String == "object")
  }

  /// A key with a slip of the fingers is underlined in the editor.
  @Test func everyMappingOfFixedKeysIsClosed() {
    let mappings = schema.everything.filter { $0.value["properties"] != nil }
    #expect(mappings.count == 11)
    for mapping in mappings {
      #expect(mapping.value["additionalProperties"] as? Bool == false, "\(mapping.path)")
      #expect(mapping.value["type"] as? String == "object", "\(mapping.path)")
    }
  }

  @Test func everyQuantitySaysItsBounds() throws {
    let words = [
      "limits.memory": "From 1MiB to 1024TiB.", "limits.time": "From 1ms to 365d.",
      "limits.stall": "From 1ms to 365d.", "retry.backoff": "From 0s to 365d.",
    ]
    let keys = schema.everything.flatMap(\.properties)
    for (path, bounds) in words {
      let key = try #require(keys.first { $0.path == path }, "\(path)")
      #expect((key.value["description"] as? String)?.hasSuffix(" \(bounds)") == true, "\(path)")
    }
    for place in schema.everything where place.value["type"] as? String == "integer" {
      #expect(place.value["minimum"] != nil, "\(place.path)")
      #expect(place.value["maximum"] != nil || place.path == "seed", "\(place.path)")
    }
    let glob = try #require(keys.first { $0.name == "glob" })
    #expect(glob.value["maxLength"] as? Int == 4096)
  }

  @Test func everyKeyIsDescribed() {
    for key in schema.everything.flatMap(\.properties) {
      #expect((key.value["description"] as? String)?.hasSuffix(".") == true, "\(key.path)")
    }
  }

  @Test func requiredKeysAreKeys() {
    for mapping in schema.everything {
      let required = mapping.value["required"] as? [String] ?? []
      #expect(Set(required).isSubset(of: mapping.properties.map(\.name)), "\(mapping.path)")
    }
    #expect(schema.value["required"] as? [String] == ["version", "name", "stages"])
  }

  @Test func patternsAreWellFormed() throws {
    let patterns = schema.everything.compactMap { $0.value["pattern"] as? String }
    #expect(patterns.count == 7)
    for pattern in patterns { _ = try Regex(pattern) }
  }

  /// The keys of the spec that uses all of them are those of the schema, no more and no fewer.
  @Test func theFullSpecUsesEveryKey() throws {
    let root = try #require(YAMLComposer.compose(Array(FullSpec.text.utf8)).root)
    var used = SchemaUse()
    used.walk(root, schema)
    #expect(used.unknown == [])
    let known = Set(schema.everything.flatMap(\.properties).map(\.path))
    // An input has one source, so one spec can't show them all.
    let others = ["input.*.files", "input.*.list", "input.*.count"]
    #expect(known.subtracting(used.known).sorted() == others.sorted())
    #expect(used.known.isSubset(of: known))
  }

  @Test func findsTheShippedSpecs() {
    #expect(ShippedSpecs.names.count >= 3)
  }

  @Test(arguments: ShippedSpecs.names)
  func shippedSpecsUseKeysItKnows(name: String) throws {
    let root = try #require(YAMLComposer.compose(try ShippedSpecs.bytes(name)).root)
    var used = SchemaUse()
    used.walk(root, schema)
    #expect(used.unknown == [])
    #expect(used.known.count >= 10)
  }

  /// The reader refuses each key's value when it is a list of a list of nothing, so it reads every key it accepts.
  @Test func theReaderReadsEveryKey() throws {
    for key in schema.everything.flatMap(\.properties) {
      let spec = try #require(SpecOfKey.text(key.path), "\(key.path)")
      let paths = PipelineSpec.parse(Array(spec.utf8)).diagnostics.compactMap(\.path)
      let expected = SpecOfKey.concrete(key.path)
      #expect(
        paths.contains { $0 == expected || $0.hasPrefix("\(expected)[") }, "\(expected): \(paths)")
    }
  }
}

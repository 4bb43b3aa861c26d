import ForeignJSON
import Testing

/// Values of our types from the JSON of others.
@Suite struct DecodingTests {
  private struct Configuration: Decodable, Equatable {
    enum Kind: String, Decodable { case small, large }

    struct Part: Decodable, Equatable { var width: Int }

    var kind: Kind
    var sizes: [Int]
    var rate: Double
    var name: String?
    var isOn: Bool?
    var parts: [Part]?
    var names: [String: UInt8]?
  }

  private func decode(_ text: String) throws -> Configuration {
    try ForeignJSON.decode(Configuration.self, from: Array(text.utf8))
  }

  private func fault(_ text: String) -> String? {
    do {
      _ = try decode(text)
      return nil
    } catch { return "\(error)" }
  }

  @Test func takesWhatItNeeds() throws {
    let text = #"""
      {"kind": "large", "sizes": [1, 2.0, 3e0], "rate": 2, "name": null, "isOn": true,
       "parts": [{"width": 7, "height": NaN}], "names": {"x": 255}, "unused": [Infinity, {"a": 1.5}]}
      """#
    #expect(
      try decode(text)
        == Configuration(
          kind: .large, sizes: [1, 2, 3], rate: 2, name: nil, isOn: true, parts: [.init(width: 7)],
          names: ["x": 255]))
  }

  @Test func saysWhatIsWrongAndWhere() {
    #expect(
      fault(#"{"kind": "small", "sizes": [1, 2.5], "rate": 1}"#)
        == "'sizes[1]' at byte 31 must be a whole number, not 2.5")
    #expect(
      fault(#"{"sizes": [], "rate": 1}"#)
        == "byte 0 must be an object with the key 'kind', not one without")
    #expect(
      fault(#"{"kind": "small", "sizes": 3, "rate": 1}"#)
        == "'sizes' at byte 27 must be a list, not 3")
    #expect(
      fault(#"{"kind": "small", "sizes": [], "rate": "fast"}"#)
        == "'rate' at byte 39 must be a number, not the text 'fast'")
    #expect(
      fault(#"{"kind": "small", "sizes": [], "rate": NaN}"#)
        == "'rate' at byte 39 must be a number, not NaN")
    #expect(
      fault(#"{"kind": "small", "sizes": [], "rate": 1, "parts": [{"width": 1}, {}]}"#)
        == "'parts[1]' at byte 66 must be an object with the key 'width', not one without")
    #expect(
      fault(#"{"kind": "small", "sizes": [], "rate": 1, "names": {"x": 256}}"#)
        == "'names.x' at byte 57 must be a whole number of 0 to 255, not 256")
    #expect(fault("hello") == "byte 0 must be a value, not 'h'")
    #expect(
      fault(String(repeating: "[", count: 1 << 20))?.contains(
        "must be no more than 64 levels of nesting, not '['") == true)
    #expect(
      fault(#"{"kind": "medium", "sizes": [], "rate": 1}"#)
        == "'kind' at byte 9 must be a value that is known here, not the text 'medium'")
  }
}

import PipelineSpec
import Testing

@Suite struct SuggestionTests {
  private static let keys = ["version", "name", "priority", "stages", "shards", "seed", "input"]

  @Test(arguments: [
    ("nmae", "name"), ("Name", "name"), ("versoin", "version"), ("stage", "stages"),
    ("stags", "stages"), ("sed", "seed"), ("prio", "priority"), ("inputs", "input"),
    ("SHARD", "shards"), ("seeed", "seed"),
  ])
  func findsTheNearest(word: String, expected: String) {
    #expect(Suggestion.nearest(to: word, among: Self.keys) == expected)
  }

  @Test(arguments: ["gpu", "x", "", "nm", "versionnnn", "timeout", "pr"])
  func findsNoneThatIsFar(word: String) {
    #expect(Suggestion.nearest(to: word, among: Self.keys) == nil)
  }

  @Test func tiesGoToTheFirst() {
    #expect(Suggestion.nearest(to: "cat", among: ["bat", "car"]) == "bat")
    #expect(Suggestion.nearest(to: "cat", among: ["car", "bat"]) == "car")
  }

  @Test func wordsWithoutEndAreNotCompared() {
    let word = String(repeating: "name", count: 100)
    #expect(Suggestion.nearest(to: word, among: [word + "s"]) == nil)
  }
}

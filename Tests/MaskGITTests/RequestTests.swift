import Foundation
import MaskGIT
import TensorCore
import Testing

@Suite struct RequestTests {
  private func signs() throws -> MaskGITConfiguration {
    var configuration = try TransformerTests.configuration(.bert, .codes)
    configuration.classNames = ["stop", "give way", "speed 20"]
    return configuration
  }

  @Test func classesByNameNumberAndCount() throws {
    let signs = try signs()
    #expect(try ClassRequest.labels(["all"], signs) == [0, 1, 2])
    #expect(
      try ClassRequest.labels(["stop*2", "2", "none", "speed 20"], signs) == [0, 0, 2, -1, 2])
    #expect(try ClassRequest.labels(["all * 2"], signs) == [0, 0, 1, 1, 2, 2])
    #expect(try ClassRequest.labels([], signs) == [-1])
    func fault(_ entry: String) -> String? {
      #expect(throws: MaskGITError.self) { try ClassRequest.labels([entry], signs) }?.description
    }
    #expect(fault("stpo") == "'stpo' is no class of the model; the nearest are 'stop'")
    #expect(
      fault("koala")
        == "'koala' is no class of the model; the nearest are 'stop', 'give way', 'speed 20'")
    #expect(fault("7") == "class 7 was asked for, but the model's are 0...2")
  }

  @Test func boxesTouchTokens() {
    func picture(_ marked: [Bool]) -> [String] {
      (0..<3).map { row in (0..<4).map { marked[row * 4 + $0] ? "#" : "." }.joined() }
    }
    #expect(
      picture(RepaintMask.tokens(box: [0.5, 0, 0.25, 0.5], rows: 3, columns: 4))
        == ["..#.", "..#.", "...."])
    #expect(
      picture(RepaintMask.tokens(box: [0, 0.9, 0.1, 0.1], rows: 3, columns: 4, grow: 1))
        == ["....", "##..", "##.."])
    #expect(
      picture(
        RepaintMask.tokens(
          { y, x in y == 5 && x == 7 }, height: 6, width: 8, rows: 3, columns: 4))
        == ["....", "....", "...#"])
  }

  @Test func tokensComeBackFromTheirFile() throws {
    let path = NSTemporaryDirectory() + "tokens-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let set = TokenSet(
      grid: [2, 3],
      canvases: [
        Canvas(tokens: [1, 2, 3, 4, 5, 6], label: 2),
        Canvas(tokens: [6, 5, 4, 3, 2, 1], label: -1),
        Canvas(tokens: [0, 0, 0, 0, 0, 0], label: 2),
      ])
    try set.write(to: path)
    let read = try TokenSet(path: path)
    #expect(read.grid == set.grid && read.canvases == set.canvases)
    #expect(read.byClass == [[1], [0, 2]])
    let golden = try GoldenModel.url("maskgit_io.safetensors").path()
    let error = #expect(throws: TokenSetError.self) { try TokenSet(path: golden) }
    #expect(
      error?.description.hasPrefix(
        "'\(golden)' has no tensor 'tokens' of i32 [images, rows, columns]; it holds '")
        == true)
  }
}

import MaskGIT
import StageSDK

/// Tokens and labels as they come into stages.
struct TokenInput {
  static let tokens = Port.tensor(
    "tokens", [.i32], ["N", "h", "w"], semantic: "tokens",
    "Codes of the model's tokenizer; -1 for a token to be found.")
  static let label = Port.tensor(
    "label", [.i32], ["N"], semantic: "label", "The class; -1, or nothing connected, for none.",
    optional: true)

  let canvases: [Canvas]
  let rows: Int
  let columns: Int

  /// Reads a batch.
  ///
  /// - Throws: ``StageError`` with code `config` when the grid is none of the model's.
  init(_ batch: Batch, _ configuration: MaskGITConfiguration, defaultLabel: Int = -1) throws {
    let tokens = try batch.input("tokens")
    guard Array(tokens.shape.dropFirst()) == configuration.grid else {
      throw StageError(
        .config,
        """
        tokens come in as \(tokens.shape.dropFirst().map { "\($0)" }.joined(separator: " x ")), but the model's are \
        \(configuration.grid[0]) x \(configuration.grid[1]); read images of the size that the model was trained on
        """)
    }
    let labels = try batch.optionalInput("label")?.bind(Int32.self)
    canvases = try (0..<batch.count).map { index in
      Canvas(
        tokens: Array(try tokens.row(index, Int32.self)),
        label: labels.map { Int($0[index]) } ?? defaultLabel)
    }
    (rows, columns) = (configuration.grid[0], configuration.grid[1])
  }
}

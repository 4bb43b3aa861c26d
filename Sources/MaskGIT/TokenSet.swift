import Checkpoints
package import TensorFiles

/// Tokens and classes of many images, as a tokenizer made them once for all training.
package struct TokenSet: Sendable {
  /// Rows and columns of each image.
  package let grid: [Int]
  /// Complete images.
  package let canvases: [Canvas]

  /// Takes images, each of rows times columns tokens.
  package init(grid: [Int], canvases: [Canvas]) {
    precondition(grid.count == 2 && canvases.allSatisfy { $0.tokens.count == grid[0] * grid[1] })
    self.grid = grid
    self.canvases = canvases
  }

  /// Reads `tokens` [n, h, w] and `labels` [n], both i32, of a .safetensors file; without labels there are no classes.
  ///
  /// - Throws: ``TokenSetError``, or what reading of the file throws.
  package init(path: String) throws {
    let file = try Checkpoint(path: path)
    guard let tokens = file["tokens"], tokens.type == .i32, tokens.shape.count == 3 else {
      throw TokenSetError.noTokens(path: path, names: file.entries.map(\.name))
    }
    let count = tokens.shape[0]
    let numbers = try Self.integers(tokens, file)
    var labels = [Int32](repeating: -1, count: count)
    if let entry = file["labels"] {
      guard entry.type == .i32, entry.shape == [count] else {
        throw TokenSetError.labels(path: path, shape: entry.shape, images: count)
      }
      labels = try Self.integers(entry, file)
    }
    let size = tokens.shape[1] * tokens.shape[2]
    self.init(
      grid: Array(tokens.shape.dropFirst()),
      canvases: (0..<count).map { index in
        Canvas(
          tokens: Array(numbers[(index * size)..<((index + 1) * size)]), label: Int(labels[index]))
      })
  }

  /// Writes the file that ``init(path:)`` reads.
  ///
  /// - Throws: `TensorFileError`.
  package func write(to path: String) throws(TensorFileError) {
    let tokens = canvases.flatMap(\.tokens)
    let labels = canvases.map { Int32($0.label) }
    var result: Result<Void, TensorFileError> = .success(())
    tokens.withUnsafeBytes { tokens in
      labels.withUnsafeBytes { labels in
        do throws(TensorFileError) {
          try TensorFileWriter.writeSafetensors(
            [
              .init(name: "labels", type: .i32, shape: [canvases.count], memory: labels),
              .init(name: "tokens", type: .i32, shape: [canvases.count] + grid, memory: tokens),
            ], to: path)
        } catch { result = .failure(error) }
      }
    }
    try result.get()
  }

  /// The set without its last images, and those; at least one image stays.
  package func split(last count: Int) -> (rest: TokenSet, last: [Canvas]) {
    let count = max(0, min(count, canvases.count - 1))
    return (
      TokenSet(grid: grid, canvases: Array(canvases.dropLast(count))),
      Array(canvases.suffix(count))
    )
  }

  /// Numbers of the images of each class that has any; -1 first.
  package var byClass: [[Int]] {
    Dictionary(grouping: canvases.indices, by: { canvases[$0].label }).sorted { $0.key < $1.key }
      .map(\.value)
  }

  private static func integers(_ entry: CheckpointEntry, _ file: Checkpoint) throws -> [Int32] {
    var values = [Int32](repeating: 0, count: entry.count)
    try values.withUnsafeMutableBytes { try file.read(entry, into: $0) }
    return values
  }
}

/// Why a file holds no tokens to learn from.
package enum TokenSetError: Error, Hashable, Sendable, CustomStringConvertible {
  case noTokens(path: String, names: [String])
  case labels(path: String, shape: [Int], images: Int)

  package var description: String {
    switch self {
    case .noTokens(let path, let names):
      """
      '\(path)' has no tensor 'tokens' of i32 [images, rows, columns]; it holds \
      \(names.prefix(5).map { "'\($0)'" }.joined(separator: ", "))
      """
    case .labels(let path, let shape, let images):
      "'\(path)': 'labels' must be i32 [\(images)], one for each image; it has the shape \(shape)"
    }
  }
}

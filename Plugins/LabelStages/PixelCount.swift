import StageSDK

extension TensorView {
  /// - Throws: ``StageError`` that blames the items when their maps have a side of 0.
  func requirePixels(_ port: String) throws {
    guard count > 0 else {
      throw StageError(
        .input, "the maps at '\(port)' are \(shape[2]) x \(shape[1]), without pixels")
    }
  }
}

import StageSDK

extension TensorView {
  /// - Throws: ``StageError`` that blames the items when their pictures have a side of 0.
  func requirePixels(_ port: String) throws {
    guard count > 0 else {
      throw StageError(
        .input,
        "the pictures at '\(port)' are \(shape[2]) x \(shape[1]) x \(shape[3]), without pixels")
    }
  }
}

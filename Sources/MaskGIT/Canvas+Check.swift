extension Canvas {
  /// Why a model can't work on this image; nil if it can.
  ///
  /// - Parameters:
  ///   - configuration: Of the model.
  ///   - mustBeComplete: True when no token may be left to find.
  /// - Returns: The first fault.
  package func fault(
    _ configuration: MaskGITConfiguration, mustBeComplete: Bool = false
  ) -> MaskGITError? {
    guard tokens.count == configuration.tokens else {
      return .tokenCount(tokens.count, expected: configuration.tokens)
    }
    let codes = configuration.codebookSize
    let least = mustBeComplete ? 0 : -1
    if let place = tokens.firstIndex(where: { Int($0) >= codes || $0 < least }) {
      return .token(Int(tokens[place]), place: place, codes: codes)
    }
    return label < configuration.classCount
      ? nil : .label(label, classes: configuration.classCount)
  }

  /// - Throws: ``MaskGITError`` when a model can't work on this image.
  package func check(against configuration: MaskGITConfiguration) throws(MaskGITError) {
    if let fault = fault(configuration) { throw fault }
  }
}

/// Why a schema can't be used, as the end of "the parameter schema of stage 'x.y'".
package struct SchemaError: Error, Hashable, CustomStringConvertible {
  /// JSON pointer to the place; empty for the root.
  package let pointer: String
  package let description: String

  /// - Parameters:
  ///   - pointer: JSON pointer to the place.
  ///   - fault: What is wrong there, after the pointer.
  init(_ pointer: String, _ fault: String) {
    self.pointer = pointer
    description = "is wrong at '\(pointer.isEmpty ? "/" : pointer)': \(fault)"
  }
}

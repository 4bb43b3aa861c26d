import StageSDK
import TensorFiles

extension ElementType {
  /// The same type in a file.
  var inFile: ScalarType? { ScalarType(rawValue: rawValue) }
}

extension StageError {
  /// A file's fault as the item's.
  init(_ error: TensorFileError) {
    switch error {
    case .noSpace: self.init(.noSpace, error.description)
    case .unwritable: self.init(.transient, error.description)
    default: self.init(.input, error.description)
    }
  }
}

internal import COneDNN

/// Why a convolution can't be computed.
package enum ConvolutionError: Error, Hashable, Sendable {
  /// The extents contradict each other.
  case shape(ConvolutionShape, String)
  /// Winograd's method was asked for where there is none.
  case noWinograd(ConvolutionShape, ConvolutionPrecision)
  /// A call of oneDNN failed.
  case library(call: String, subject: String, status: UInt32)
  /// There is no memory for intermediate results.
  case noMemory(byteCount: Int)
}

extension ConvolutionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .shape(let shape, let fault):
      "\(shape): \(fault)"
    case .noWinograd(let shape, let precision):
      """
      \(shape) in \(precision.rawValue): Winograd's method needs f32, a 3x3 kernel, stride 1, padding of 0 or 1, \
      channels that 16 divides and AVX-512; choose 'direct' or 'automatic'
      """
    case .library(let call, let subject, let status):
      "oneDNN's \(call) failed for \(subject): \(Self.reason(status)) (status \(status))"
    case .noMemory(let byteCount):
      "can't allocate \(byteCount) bytes for the intermediate results of a convolution"
    }
  }

  private static func reason(_ status: UInt32) -> String {
    switch dnnl_status_t(status) {
    case dnnl_out_of_memory: "out of memory"
    case dnnl_invalid_arguments: "invalid arguments"
    case dnnl_unimplemented: "it isn't implemented for this processor or these layouts"
    case dnnl_runtime_error: "an error at run time"
    default: "an error it doesn't explain"
    }
  }
}

/// Turns a status of oneDNN into an error; `subject` says of what.
func check(
  _ status: dnnl_status_t, _ call: String, _ subject: @autoclosure () -> String
) throws(ConvolutionError) {
  guard status != dnnl_success else { return }
  throw .library(call: call, subject: subject(), status: status.rawValue)
}

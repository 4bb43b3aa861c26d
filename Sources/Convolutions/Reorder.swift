internal import COneDNN

/// Copies a buffer into another order or type.
final class Reorder: Sendable {
  private let primitive: Primitive
  private let source: MemoryDescription
  private let destination: MemoryDescription

  /// Compiles the copy; `subject` says of what.
  init(
    from source: MemoryDescription, to destination: MemoryDescription, subject: String
  ) throws(ConvolutionError) {
    let engine = try Engine.shared().engine
    var description: dnnl_primitive_desc_t?
    let status = withUnsafePointer(to: source.raw) { source in
      withUnsafePointer(to: destination.raw) {
        dnnl_reorder_primitive_desc_create(&description, source, engine, $0, engine, nil)
      }
    }
    try check(status, "dnnl_reorder_primitive_desc_create", subject)
    guard let description else {
      throw .library(
        call: "dnnl_reorder_primitive_desc_create", subject: subject, status: status.rawValue)
    }
    primitive = try Primitive(description, subject: subject)
    self.source = source
    self.destination = destination
  }

  /// The copy, or nil when both are the same.
  static func ifNeeded(
    from source: MemoryDescription, to destination: MemoryDescription, subject: String
  ) throws(ConvolutionError) -> Reorder? {
    guard !source.isSame(as: destination) else { return nil }
    return try Reorder(from: source, to: destination, subject: subject)
  }

  /// Copies; neither buffer overlaps the other.
  func execute(
    from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer
  ) throws(ConvolutionError) {
    try primitive.execute([
      (DNNL_ARG_FROM, source, UnsafeMutableRawPointer(mutating: input)),
      (DNNL_ARG_TO, destination, output),
    ])
  }
}

internal import COneDNN

/// One compiled computation of oneDNN.
// A primitive and its descriptions never change once made, and oneDNN lets several threads execute one at once.
final class Primitive: @unchecked Sendable {
  /// What a primitive is given: which of its arguments, its order and where it is.
  typealias Argument = (
    role: Int32, description: MemoryDescription, address: UnsafeMutableRawPointer
  )

  /// oneDNN's name of the implementation, such as `jit_wino_4x3:avx512_core`.
  let implementation: String
  /// What errors call it.
  let subject: String
  private let description: dnnl_primitive_desc_t
  private let primitive: dnnl_primitive_t
  private let engine: Engine

  /// Compiles a description; owns it from here on, also when this throws.
  init(_ description: dnnl_primitive_desc_t, subject: String) throws(ConvolutionError) {
    do throws(ConvolutionError) {
      engine = try Engine.shared()
      var primitive: dnnl_primitive_t?
      try check(dnnl_primitive_create(&primitive, description), "dnnl_primitive_create", subject)
      guard let primitive else {
        throw .library(call: "dnnl_primitive_create", subject: subject, status: 0)
      }
      self.primitive = primitive
    } catch {
      dnnl_primitive_desc_destroy(description)
      throw error
    }
    self.description = description
    self.subject = subject
    implementation = Self.implementation(of: description)
  }

  deinit {
    dnnl_primitive_destroy(primitive)
    dnnl_primitive_desc_destroy(description)
  }

  /// How the primitive wants one of its arguments.
  func layout(_ role: dnnl_query_t) -> MemoryDescription {
    guard let found = dnnl_primitive_desc_query_md(description, role, 0) else {
      return MemoryDescription(dnnl_memory_desc_t())
    }
    return MemoryDescription(found.pointee)
  }

  /// Runs it on the calling thread and its OpenMP threads, and returns when the results are there.
  func execute(_ arguments: [Argument]) throws(ConvolutionError) {
    var bound: [dnnl_exec_arg_t] = []
    bound.reserveCapacity(arguments.count)
    defer { for argument in bound { dnnl_memory_destroy(argument.memory) } }
    for argument in arguments {
      var memory: dnnl_memory_t?
      let status = withUnsafePointer(to: argument.description.raw) {
        dnnl_memory_create(&memory, $0, engine.engine, argument.address)
      }
      try check(status, "dnnl_memory_create", subject)
      bound.append(dnnl_exec_arg_t(arg: argument.role, memory: memory))
    }
    try check(
      dnnl_primitive_execute(primitive, engine.stream, Int32(bound.count), bound),
      "dnnl_primitive_execute", subject)
    try check(dnnl_stream_wait(engine.stream), "dnnl_stream_wait", subject)
  }

  /// The name of the implementation that a description stands for; `ref` and what follows are the slow ones.
  static func implementation(of description: dnnl_primitive_desc_t) -> String {
    var name: UnsafePointer<CChar>?
    let status = dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name)
    guard status == dnnl_success, let name else { return "" }
    return String(cString: name)
  }
}

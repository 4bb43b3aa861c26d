internal import COneDNN

/// The processor as oneDNN's engine, and the stream that runs what it is given at once.
// Neither has state that a call changes; oneDNN lets any thread use them.
final class Engine: @unchecked Sendable {
  let engine: dnnl_engine_t
  let stream: dnnl_stream_t

  private static let made: Result<Engine, ConvolutionError> = Result {
    () throws(ConvolutionError) in
    try Engine()
  }

  /// The one engine of the process; lives as long as it.
  static func shared() throws(ConvolutionError) -> Engine { try made.get() }

  private init() throws(ConvolutionError) {
    ConvolutionMachine.limit
    var engine: dnnl_engine_t?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create", "the processor")
    var stream: dnnl_stream_t?
    try check(
      dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue)),
      "dnnl_stream_create", "the processor")
    guard let engine, let stream else {
      throw .library(call: "dnnl_engine_create", subject: "the processor", status: 0)
    }
    self.engine = engine
    self.stream = stream
  }
}

import PipelineSpec

/// Reads bytes as a pipeline spec, YAML and all, and words its faults.
enum SpecTry {
  static func read(_ bytes: UnsafeRawBufferPointer) {
    let reading = PipelineSpec.parse(Array(bytes))
    for fault in reading.diagnostics { precondition(!fault.message.isEmpty) }
    precondition(reading.spec != nil || !reading.diagnostics.isEmpty, "no spec and no reason")
  }
}

import StageSDK
import TensorCore

/// The host's threads, as far as they are this stage's.
struct HostWorkers: Workers {
  private let context: StageContext

  init(_ context: StageContext) { self.context = context }

  var threadCount: Int { max(1, context.threadBudget) }

  func run(chunks: Int, _ body: @Sendable (Int) -> Void) {
    guard chunks > 1 else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    context.parallelFor(chunks) { range in
      for chunk in range { body(chunk) }
    }
  }
}

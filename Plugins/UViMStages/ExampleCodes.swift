import Glibc
import StageSDK
import TensorCore
import Training

/// The guiding codes of all examples.
struct ExampleCodes {
  private let all: [Int32]
  private let length: Int
  private let usage: CodebookUsage

  /// Takes them, example by example.
  ///
  /// - Parameters:
  ///   - all: Codes.
  ///   - length: Codes of an example.
  ///   - size: Codes there are.
  init(_ all: [Int32], length: Int, size: Int) {
    self.all = all
    self.length = length
    var usage = CodebookUsage(codebookSize: size)
    usage.add(Tensor([all.count], integers: all))
    self.usage = usage
  }

  /// Those of some examples, i32 (items, codes).
  subscript(items: [Int]) -> Tensor {
    Tensor(
      [items.count, length], integers: items.flatMap { all[($0 * length)..<(($0 + 1) * length)] })
  }

  /// How much of the codebook they use: the share that came up hides how unevenly.
  var metrics: [String: Double] {
    [
      "code_usage": usage.usage, "code_entropy": usage.entropy,
      "code_perplexity": usage.perplexity,
    ]
  }

  /// The same in words.
  var sentence: String {
    let most = log2(Double(max(2, usage.counts.count)))
    let share = Int((100 * usage.entropy / most).rounded())
    return """
      The examples' codes have an entropy of \(Self.rounded(usage.entropy)) bits, \(share) % of what \
      \(usage.counts.count) codes allow, a perplexity of \(Self.rounded(usage.perplexity)), and use \
      \(Int((100 * usage.usage).rounded())) % of them.
      """
  }

  private static func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

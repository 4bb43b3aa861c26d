/// What the tokenizers of a study come to, as a table.
struct StudyTable {
  private struct Row {
    let bits: Int
    let variant: StudyVariant
    let scores: [String: Double]
  }

  private var rows: [Row] = []
  private static let columns = [
    "validation_psnr", "validation_ssim", "validation_mse", "codebook_usage", "perplexity",
    "bits_per_token", "training_usage",
  ]

  mutating func add(bits: Int, variant: StudyVariant, _ scores: [String: Double]) {
    rows.append(Row(bits: bits, variant: variant, scores: scores))
  }

  /// Whether so many variants of a size are there.
  func has(_ count: Int, bits: Int) -> Bool { rows.count { $0.bits == bits } == count }

  /// The numbers of a size by variant, for plots over the size.
  func metrics(bits: Int) -> [String: Double] {
    var metrics: [String: Double] = [:]
    for row in rows where row.bits == bits {
      for column in ["validation_psnr", "codebook_usage", "bits_per_token"] {
        metrics["\(column)/\(row.variant.rawValue)"] = row.scores[column]
      }
    }
    return metrics
  }

  /// Comma-separated values with a line for each tokenizer.
  var text: String {
    let head = (["variant", "log2_codebook"] + Self.columns).joined(separator: ",")
    let lines = rows.map { row in
      ([row.variant.rawValue, "\(row.bits)"]
        + Self.columns.map { row.scores[$0].map { "\($0)" } ?? "" }).joined(separator: ",")
    }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }
}

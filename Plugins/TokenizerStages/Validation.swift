import Autograd
import Glibc
import Kernels
import Metrics
import PictureSets
import TensorCore
import Tokenizers
import Training

/// Measures a tokenizer on pictures that stay the same over a run.
struct Validation {
  /// What a tokenizer comes to.
  struct Scores {
    /// By the names of the job's metrics.
    let metrics: [String: Double]
  }

  private let batches: [Tensor]
  /// Eight of the pictures, to look at.
  let samples: Tensor

  /// Takes the middle of the first `count` pictures.
  init(_ set: PictureSet, count: Int, size: Int) {
    batches = Array(set.middles(first: count, side: size))
    samples = batches.first.map { $0[0..<min(8, $0.shape[0])] } ?? Tensor.zeros([0, size, size, 3])
  }

  /// Mean PSNR, SSIM and absolute error of pictures one by one, and how the codebook is used.
  func measure(_ tokenizer: Tokenizer, _ workers: any Workers) throws -> Scores {
    let pass = Pass(workers: workers)
    var usage = CodebookUsage(codebookSize: tokenizer.configuration.codebookSize ?? 1)
    var sums = (psnr: 0.0, ssim: 0.0, absolute: 0.0, squared: 0.0, count: 0.0)
    for batch in batches {
      let latents = try tokenizer.latents(Variable(batch), pass).value
      var codes = latents
      if tokenizer.configuration.codebookSize != nil {
        let tokens = try tokenizer.tokens(latents, pass)
        usage.add(tokens)
        codes = try tokenizer.codes(of: tokens)
      }
      let pictures = try tokenizer.pictures(Variable(codes), pass).value
      let (height, width) = (batch.shape[1], batch.shape[2])
      for index in 0..<batch.shape[0] {
        let clipped = pictures[index..<(index + 1)].floats.map { min(1, max(0, $0)) }
        batch[index..<(index + 1)].withFloats { wanted in
          clipped.withUnsafeBufferPointer { found in
            let errors = PictureErrors(of: found, to: wanted)
            let squared = max(errors.meanSquared, 1e-12)
            sums.psnr += PictureErrors.peakSignalToNoise(meanSquared: squared)
            sums.absolute += errors.meanAbsolute
            sums.squared += errors.meanSquared
            sums.count += 1
            if min(height, width) >= StructuralSimilarity.smallestSide {
              sums.ssim += StructuralSimilarity.mean(
                of: found, to: wanted, height: height, width: width, channels: 3)
            }
          }
        }
      }
    }
    var metrics = [
      "validation_psnr": sums.psnr / sums.count, "validation_ssim": sums.ssim / sums.count,
      "validation_mae": sums.absolute / sums.count, "validation_mse": sums.squared / sums.count,
    ]
    if tokenizer.configuration.codebookSize != nil {
      metrics["codebook_usage"] = usage.usage
      metrics["perplexity"] = usage.perplexity
      metrics["bits_per_token"] = usage.entropy
    }
    return Scores(metrics: metrics)
  }
}

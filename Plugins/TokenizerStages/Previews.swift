import Autograd
import FoundationEssentials
import ImageCodecs
import Kernels
import StageSDK
import TensorCore
import Tokenizers

/// Pictures of how reconstructions improve: originals above, what the tokenizer makes of them below.
struct Previews {
  private let folder: String
  private let size: Int

  /// Keeps them in a folder that survives attempts.
  init(folder: String, size: Int) {
    self.folder = folder
    self.size = size
  }

  func write(
    _ samples: Tensor, _ tokenizer: Tokenizer, step: Int, _ workers: any Workers
  ) throws {
    let pass = Pass(workers: workers)
    let latents = try tokenizer.latents(Variable(samples), pass).value
    let codes =
      tokenizer.configuration.codebookSize == nil
      ? latents : try tokenizer.codes(of: try tokenizer.tokens(latents, pass))
    let pictures = try tokenizer.pictures(Variable(codes), pass).value
    let (count, side) = (samples.shape[0], size)
    var sheet = [Float](repeating: 1, count: 2 * side * count * side * 3)
    for (row, source) in [samples, pictures].enumerated() {
      source.withFloats { source in
        for picture in 0..<count {
          for y in 0..<side {
            let from = (picture * side + y) * side * 3
            let to = ((row * side + y) * count + picture) * side * 3
            for offset in 0..<(side * 3) { sheet[to + offset] = source[from + offset] }
          }
        }
      }
    }
    let picture = sheet.withUnsafeBufferPointer {
      Picture(pixels: $0, width: count * side, height: 2 * side, channels: 3)
    }
    try PictureEncoder.encode(picture, as: .png(bits: 8, .balanced)) { bytes in
      try Data(bytes).write(
        to: URL(filePath: "\(folder)/\(Self.name(step))"), options: .atomic)
    }
  }

  /// Hands the pictures over as results of the job.
  func publish(_ context: StageContext) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    for name in names.sorted() where name.hasPrefix("reconstructions-") && name.hasSuffix(".png") {
      let target = try context.outputFile(name: name, existing: "replace", role: .preview)
      try Data(contentsOf: URL(filePath: "\(folder)/\(name)")).write(to: URL(filePath: target))
    }
  }

  private static func name(_ step: Int) -> String {
    let digits = "\(step)"
    return "reconstructions-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).png"
  }
}

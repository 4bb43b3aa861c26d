import Checkpoints
import Foundation
import LatticeDriver
import TensorFiles
import Tokenizers

/// The golden tokenizer as a PyTorch port would save it.
enum TorchCheckpoint {
  static func write(from source: String, to target: String) throws {
    let file = try Checkpoint(path: source)
    let data = try Data(contentsOf: Lattice.golden("TokenizersTests", "vqgan.json"))
    let names = TorchNames(try JSONDecoder().decode(TokenizerConfiguration.self, from: data))
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    for entry in file.entries {
      let flax = String(entry.name.dropFirst("params/".count))
      var (shape, values) = (entry.shape, try file.floats(entry))
      if shape.count == 4 {
        // (height, width, in, out) to (out, in, height, width).
        let (height, width, inputs, outputs) = (shape[0], shape[1], shape[2], shape[3])
        let old = values
        for place in old.indices {
          let (output, rest) = (place % outputs, place / outputs)
          let (input, pixel) = (rest % inputs, rest / inputs)
          values[(output * inputs + input) * height * width + pixel] = old[place]
        }
        shape = [outputs, inputs, height, width]
      }
      tensors.append((names[flax], shape, values))
    }
    let bytes = tensors.map { tensor in tensor.values.withUnsafeBytes { Data($0) } }
    try withBuffers(bytes) { buffers in
      try TensorFileWriter.writeSafetensors(
        zip(tensors, buffers).map {
          TensorFileWriter.Tensor(name: $0.name, type: .f32, shape: $0.shape, memory: $1)
        }, to: target)
    }
  }

  private static func withBuffers(
    _ data: [Data], _ body: ([UnsafeRawBufferPointer]) throws -> Void
  ) throws {
    let copies = data.map { data in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 64)
      copy.copyBytes(from: data)
      return copy
    }
    defer { copies.forEach { $0.deallocate() } }
    try body(copies.map { UnsafeRawBufferPointer($0) })
  }
}

import Autograd
import Checkpoints
import FoundationEssentials
import Glibc
import Kernels
import ModelFiles
import TensorCore
import TensorFiles
import Testing

@Suite struct LargeModelTests {
  /// Weights of 716 million numbers, 1.4 GB in bf16, mapped and packed for products, in less than 3.5 GiB.
  @Test(.enabled(if: getenv("LATTICE_TEST_LONG") != nil, "needs 1.4 GB of memory twice"))
  func largeWeightsStayNarrow() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let shapes =
        [Shape](repeating: [4096, 4096], count: 40) + [Shape](repeating: [4096, 1024], count: 11)
      let path = "\(scratch.path)/m.safetensors"
      let header = try SafetensorsHeader.bytes(
        shapes.enumerated().map { ("w\($0)", .bf16, $1.sizes) }, metadata: [:], alignment: 64)
      try Data(header).write(to: URL(filePath: path))
      // Zeros that take no room on the disk.
      let size = header.count + 2 * shapes.reduce(0) { $0 + $1.count }
      try #require(truncate(path, off_t(size)) == 0)
      let builder = ParameterBuilder(.unset)
      for (index, shape) in shapes.enumerated() { _ = builder.constant("w\(index)", shape, 0) }
      let network = ParameterSet(builder.parameters)
      try #require(network.elementCount > 716_000_000)
      try ModelLoader.load(network, from: try Checkpoint(path: path), storage: .mapped)
      let packed = network.parameters.map {
        PackedMatrix($0.value, precision: .bf16, workers: OneThread())
      }
      try #require(packed.count == 51)
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      let kibibytes = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      try #require(kibibytes < 3_500_000, "\(line)")
    }
  }
}

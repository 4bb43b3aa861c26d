import Autograd
import TensorCore
import Testing
import UViM

@Suite struct StageOneGoldenTests {
  @Test(arguments: ["depth", "color", "panoptic"], [1, 2])
  func equalsTheAuthorsCode(task: String, threads: Int) throws {
    let golden = try GoldenFiles("uvim_\(task)_stageI")
    let configuration = try golden.configuration(StageOneConfiguration.self)
    let network = StageOne(configuration, start: .unset)
    let state = try golden.load(network.parameters)
    let quantizer = VectorCodes(
      dictionary: try state("dictionary"), counts: try state("counts"))
    let pass = Pass(workers: ThreadTeam(threadCount: threads))
    let image = try golden.tensor("ctx")
    var labels: [String: Tensor] = [:]
    for name in configuration.labelNames { labels[name] = try golden.tensor("in/\(name)") }

    let latents = quantizer.prepare(
      try network.latents(labels: labels, image: image, pass), pass)
    #expect(relativeError(latents.value, try golden.tensor("bottleneck")) < 1e-4)
    let codes = quantizer.codes(of: latents.value, pass)
    #expect(codes.integers == (try golden.tensor("code")).integers)

    for (prefix, given) in [
      ("logits", codes), ("decode_random", try golden.tensor("random_code")),
    ] {
      let logits = try network.decode(Variable(quantizer.vectors(of: given)), image: image, pass)
      #expect(Set(logits.keys) == Set(configuration.labelNames))
      for (name, found) in logits {
        let expected = try golden.tensor("\(prefix)/\(name)")
        #expect(relativeError(found.value, expected) < 1e-4, "\(prefix)/\(name)")
      }
    }
  }
}

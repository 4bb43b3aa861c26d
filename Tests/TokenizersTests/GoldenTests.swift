import Autograd
import TensorCore
import Testing
import Tokenizers

/// Parity with google-research/maskgit; `Golden/README.md` says how the numbers were made.
@Suite struct GoldenTests {
  @Test(arguments: [1, 2]) func isTheOfficialTokenizer(threads: Int) throws {
    let tokenizer = try GoldenTokenizer.make()
    let pass = Pass(workers: ThreadTeam(threadCount: threads))
    let images = try GoldenTokenizer.tensor("image")
    let latents = try tokenizer.latents(Variable(images), pass).value
    #expect(latents.relativeError(to: try GoldenTokenizer.tensor("z")) <= 1e-4)
    let tokens = try tokenizer.tokens(latents, pass)
    let wanted = try GoldenTokenizer.tensor("indices")
    #expect(tokens.shape == wanted.shape && tokens.integers == wanted.integers)
    let codes = try tokenizer.codes(of: wanted)
    #expect(codes.floats == (try GoldenTokenizer.tensor("quantized")).floats)
    let pictures = try tokenizer.pictures(Variable(codes), pass).value
    let reconstruction = try GoldenTokenizer.tensor("reconstruction")
    #expect(pictures.shape == reconstruction.shape)
    #expect(pictures.relativeError(to: reconstruction) <= 1e-4)
  }
}

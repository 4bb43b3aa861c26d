import Autograd
import Foundation
import Kernels
import TensorCore
import Testing
import Tokenizers

/// What a tokenizer may be besides the authors' architecture.
@Suite struct ArchitectureTests {
  private func configuration(
    _ norm: TokenizerConfiguration.Norm, _ shortcut: TokenizerConfiguration.Shortcut = .input
  ) throws -> TokenizerConfiguration {
    try TokenizerConfiguration(
      filters: 6, residualBlocks: 1, multipliers: [1, 2], groups: norm == .group ? 2 : 32,
      bottleneck: .fsq(levels: [5, 3], variant: "google"), imageSize: 8, norm: norm,
      shortcut: shortcut)
  }

  /// Blocks that begin as the identity are moved away from it.
  private func tokenizer(
    _ norm: TokenizerConfiguration.Norm, _ shortcut: TokenizerConfiguration.Shortcut = .input
  ) throws -> Tokenizer {
    let tokenizer = try Tokenizer(configuration(norm, shortcut), start: .random(seed: 4))
    for (index, parameter) in tokenizer.parameters.enumerated()
    where parameter.name.hasSuffix("kernel") {
      var random = CounterRandom(seed: UInt64(index))
      parameter.value = Tensor(
        parameter.value.shape, parameter.value.floats.map { $0 + 0.1 * random.normal() })
    }
    return tokenizer
  }

  private func picture(_ side: Int) -> Tensor {
    var random = CounterRandom(seed: 2)
    return Tensor([1, side, side, 3], (0..<(side * side * 3)).map { _ in random.uniform() })
  }

  private func middle(_ image: Tensor, from: Int, side: Int) -> Tensor {
    let (width, channels) = (image.shape[2], image.shape[3])
    let values = image.floats
    return Tensor(
      [1, side, side, channels],
      (0..<(side * side * channels)).map { place in
        let (row, column, channel) = (
          place / channels / side, place / channels % side, place % channels
        )
        return values[((from + row) * width + from + column) * channels + channel]
      })
  }

  /// With a norm of each pixel, or none, a tile tells the same as the whole picture where no edge is near; with one over
  /// the map it doesn't.
  @Test(arguments: TokenizerConfiguration.Norm.allCases)
  func resultsDependOnTilesWithGroupsAlone(norm: TokenizerConfiguration.Norm) throws {
    let (tokenizer, pass) = (try tokenizer(norm), Pass(workers: OneThread()))
    let image = picture(64)
    let whole = try tokenizer.latents(Variable(image), pass).value
    let tile = try tokenizer.latents(Variable(middle(image, from: 16, side: 32)), pass).value
    // 12 pixels from the tile's edge, and 6 of its latents.
    let (found, wanted) = (
      middle(tile, from: 6, side: 4).floats, middle(whole, from: 8 + 6, side: 4).floats
    )
    let worst = zip(found, wanted).map { abs($0 - $1) }.max() ?? 0
    if norm == .group { #expect(worst > 1e-3) } else { #expect(worst < 1e-5, "\(worst)") }
    let decoded = try tokenizer.pictures(Variable(whole), pass).value
    let part = try tokenizer.pictures(Variable(middle(whole, from: 8, side: 16)), pass).value
    let apart =
      zip(middle(part, from: 14, side: 4).floats, middle(decoded, from: 30, side: 4).floats)
      .map { abs($0 - $1) }.max() ?? 0
    if norm == .group { #expect(apart > 1e-3) } else { #expect(apart < 1e-5, "\(apart)") }
  }

  /// A projection of the input goes past the block, one of the output doesn't.
  @Test func shortcutsProjectWhatTheySay() throws {
    for (shortcut, inputs) in [(TokenizerConfiguration.Shortcut.input, 6), (.output, 12)] {
      let tokenizer = try tokenizer(.pixel, shortcut)
      let projection = try #require(
        tokenizer.parameters.first { $0.name == "encoder/ResBlock_1/Conv_2/kernel" })
      #expect(projection.value.shape == [12, inputs, 1, 1])
      _ = try tokenizer.latents(Variable(picture(8)), Pass(workers: OneThread()))
    }
  }

  /// Gradients of all parameters, against central differences.
  @Test(arguments: [TokenizerConfiguration.Norm.pixel, .none])
  func gradients(norm: TokenizerConfiguration.Norm) throws {
    let tokenizer = try tokenizer(norm)
    let image = picture(8)
    func loss(_ pass: Pass) throws -> Variable {
      let latents = try tokenizer.latents(Variable(image), pass)
      return pass.sum(pass.multiply(latents, latents))
    }
    let tape = Tape()
    let pass = Pass(workers: OneThread(), usesWinograd: false, tape: tape)
    let gradients = tape.gradients(of: try loss(pass), pass)
    let plain = Pass(workers: OneThread(), usesWinograd: false)
    let encoder = tokenizer.parameters.filter { $0.name.hasPrefix("encoder/") }
    #expect(gradients.count == encoder.count)
    for gradient in gradients {
      let parameter = gradient.parameter
      let (own, place) = (parameter.value, parameter.value.shape.count / 2)
      func moved(_ by: Float) throws -> Double {
        var values = own.floats
        values[place] += by
        parameter.value = Tensor(own.shape, values)
        defer { parameter.value = own }
        return Double(try loss(plain).value.floats[0])
      }
      let slope = (try moved(1e-2) - moved(-1e-2)) / 2e-2
      let found = Double(gradient.value.floats[place])
      #expect(
        abs(slope - found) < 0.02 * max(1, abs(slope)), "\(parameter.name): \(found), \(slope)")
    }
  }

  @Test func configurationsComeBack() throws {
    let made = try configuration(.none)
    let json = try JSONEncoder().encode(made)
    #expect(try JSONDecoder().decode(TokenizerConfiguration.self, from: json) == made)
    // What earlier versions wrote has neither key.
    let old = try configuration(.group, .output)
    let text = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
    #expect(!text.contains("norm\"") || text.contains("norm_groups"))
    #expect(!text.contains("\"shortcut\"") && !text.contains("\"norm\""))
  }
}

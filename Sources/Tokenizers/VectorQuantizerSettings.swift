/// The machinery that keeps a vector quantizer's codebook in use, each part of which can be switched off; finite scalar
/// quantization needs none of it.
package struct VectorQuantizerSettings: Hashable, Sendable {
  /// The weight of the loss that pulls latents to their vectors; 0 for none.
  ///
  /// Source: van den Oord et al. 2017, equation 3.
  package var commitment: Float
  /// The decay of moving averages by which vectors follow their latents; nil lets a loss pull the vectors to them.
  ///
  /// Source: the same, appendix A.1.
  package var averageDecay: Float?
  /// The weight of the loss that wants each latent sure of its vector and all vectors used alike; 0 for none.
  package var entropy: Float
  /// Divides distances in that loss.
  package var entropyTemperature: Float
  /// A vector that was the nearest for fewer than this share of an even one becomes a latent at random; nil for never.
  package var reseedBelow: Float?
  /// A vector used less than that is replaced by half of the most used one; nil for never.
  ///
  /// Source: Kolesnikov et al. 2022, "UViM", section 3.1.
  package var splitBelow: Float?

  /// Takes settings; the defaults are the plain quantizer: commitment alone.
  package init(
    commitment: Float = 0.25, averageDecay: Float? = nil, entropy: Float = 0,
    entropyTemperature: Float = 0.01, reseedBelow: Float? = nil, splitBelow: Float? = nil
  ) {
    self.commitment = commitment
    self.averageDecay = averageDecay
    self.entropy = entropy
    self.entropyTemperature = entropyTemperature
    self.reseedBelow = reseedBelow
    self.splitBelow = splitBelow
  }
}

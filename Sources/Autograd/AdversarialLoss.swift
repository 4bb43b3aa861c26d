/// What a discriminator is asked to tell, and a generator to make it say: high numbers for real pictures.
package enum AdversarialLoss: String, Hashable, Sendable, CaseIterable {
  /// log(1 + exp(-D(real))) + log(1 + exp(D(made))); the generator's is log(1 + exp(-D(made))).
  ///
  /// Source: Goodfellow et al. 2014, "Generative adversarial nets", section 3.
  case nonSaturating = "non-saturating"
  /// max(0, 1 - D(real)) + max(0, 1 + D(made)); the generator's is -D(made).
  ///
  /// Source: Lim and Ye 2017, "Geometric GAN", section 3.
  case hinge

  /// The generator's loss, shape [], from what the discriminator says of pictures it made.
  package func ofGenerator(_ made: Variable, _ pass: Pass) -> Variable {
    switch self {
    case .nonSaturating: pass.meanSoftplus(made, sign: -1)
    case .hinge: pass.scale(pass.mean(made), by: -1)
    }
  }

  /// The discriminator's loss, shape [], from what it says of real pictures and of made ones.
  package func ofDiscriminator(real: Variable, made: Variable, _ pass: Pass) -> Variable {
    switch self {
    case .nonSaturating:
      pass.add(pass.meanSoftplus(real, sign: -1), pass.meanSoftplus(made, sign: 1))
    case .hinge:
      pass.add(pass.meanHinge(real, sign: 1), pass.meanHinge(made, sign: -1))
    }
  }
}

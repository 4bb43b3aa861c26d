package import Kernels
package import TensorCore

/// The R1 penalty on a discriminator: half the squared gradient of what it says of real pictures, averaged over them.
///
/// Its gradient with respect to parameters would be a gradient of gradients. But with g = d(sum of D)/dx it equals the
/// derivative, along g, of the parameters' gradients at x: no second-order rule is needed, two more passes at x + e g and
/// x - e g give it by a central difference, whose error shrinks with e².
///
/// Source of the penalty: Mescheder et al. 2018, "Which training methods for GANs do actually converge?", equation 9.
package struct GradientPenalty {
  /// A discriminator: pictures to numbers, of any shape whose outermost size is the pictures'.
  package typealias Discriminator = (Variable, Pass) throws -> Variable

  /// The deviation of the difference's step, in the pictures' unit.
  package let step: Float

  /// Sets the step of the difference; pictures of 0...1 or -1...1 suit the default.
  package init(step: Float = 1 / 128) {
    precondition(step > 0, "a difference has a step")
    self.step = step
  }

  /// Computes the penalty and its gradients.
  ///
  /// - Parameters:
  ///   - images: Real pictures, (N, …).
  ///   - workers: Who computes.
  ///   - precision: Of products; differences want f32.
  ///   - isLearned: Tells the parameters whose gradients are wanted.
  ///   - discriminator: The same function each time.
  /// - Returns: The penalty, and the gradients of parameters that it depends on.
  /// - Throws: What the discriminator throws.
  package func callAsFunction(
    _ images: Tensor, workers: any Workers, precision: Precision = .f32,
    learning isLearned: @escaping (Parameter) -> Bool = { _ in true },
    _ discriminator: Discriminator
  ) throws -> (penalty: Double, gradients: [Gradient]) {
    let tape = Tape { _ in false }
    let pass = Pass(workers: workers, precision: precision, tape: tape)
    let input = pass.watched(images)
    let said = pass.sum(try discriminator(input, pass))
    _ = tape.gradients(of: said, pass)
    guard let slope = input.gradient else { return (0, []) }
    let square = slope.withFloats { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    let count = Double(max(1, images.shape[0]))
    guard square > 0 else { return (0, []) }
    let length = Double(step) * (Double(images.shape.count) / square).squareRoot()
    func gradients(_ sign: Double) throws -> [Gradient] {
      let tape = Tape(learning: isLearned)
      let pass = Pass(workers: workers, precision: precision, tape: tape)
      let moved = pass.add(Variable(images), pass.scale(Variable(slope), by: Float(sign * length)))
      // A loss of D / (2 length N), so that differences of gradients are the penalty's.
      let scale = sign / (2 * length * count)
      let said = pass.sum(try discriminator(moved, pass))
      return tape.gradients(of: said, scale: Float(scale), pass)
    }
    let (ahead, behind) = (try gradients(1), try gradients(-1))
    return (square / (2 * count), Gradient.sum(ahead, behind, pass))
  }
}

extension Gradient {
  /// Gradients of two losses as those of their sum.
  package static func sum(_ first: [Gradient], _ second: [Gradient], _ pass: Pass) -> [Gradient] {
    var sums = Dictionary(uniqueKeysWithValues: first.map { (ObjectIdentifier($0.parameter), $0) })
    for gradient in second {
      let key = ObjectIdentifier(gradient.parameter)
      guard var value = sums.removeValue(forKey: key)?.value else {
        sums[key] = gradient
        continue
      }
      pass.add(gradient.value, to: &value)
      sums[key] = Gradient(parameter: gradient.parameter, value: value)
    }
    return sums.values.sorted { $0.parameter.name < $1.parameter.name }
  }
}

import Autograd
import Classifier
import Kernels
import TensorCore
import Testing
import Training

@Suite struct ClassifierTests {
  /// Pictures of 8x8 that are brighter on one of four sides.
  private func pictures(_ count: Int, seed: UInt64) -> (Tensor, [Int32]) {
    var random = CounterRandom(seed: seed)
    let labels = (0..<count).map { Int32($0 % 4) }
    let images = Tensor([count, 8, 8, 3]) { target in
      for index in target.indices {
        let (item, y, x) = (index / 192, index / 24 % 8, index / 3 % 8)
        let isBright = [y < 4, y >= 4, x < 4, x >= 4][item % 4]
        target[index] = 0.4 * random.uniform() + (isBright ? 0.4 : 0)
      }
    }
    return (images, labels)
  }

  @Test func learnsSides() throws {
    let network = PictureClassifier(
      ClassifierConfiguration(size: 8, classes: 4, widths: [8, 16], groups: 4), seed: 1)
    let optimizer = AdamW(.init())
    for step in 0..<60 {
      let (images, labels) = pictures(16, seed: UInt64(step + 10))
      let tape = Tape()
      let pass = Pass(workers: OneThread(), tape: tape)
      let logits = network.logits(try network.features(Variable(images), pass), pass)
      let loss = pass.crossEntropy(logits, labels: Tensor([16], integers: labels))
      let gradients = tape.gradients(of: pass.sum(loss), scale: 1 / 16, pass)
      #expect(gradients.count == network.parameters.count)
      try optimizer.step(gradients, rate: 0.01, workers: OneThread())
    }
    let (images, labels) = pictures(40, seed: 1)
    let pass = Pass(workers: OneThread())
    let logits = network.logits(try network.features(Variable(images), pass), pass).value
    let right = labels.enumerated().filter { index, label in
      let row = logits[index..<(index + 1)].floats
      return row.indices.max { row[$0] < row[$1] } == Int(label)
    }
    #expect(right.count >= 38, "\(right.count) of 40")
  }

  @Test func saysWhatDoesNotFit() {
    #expect(ClassifierConfiguration(size: 32, classes: 43).fault == nil)
    #expect(
      ClassifierConfiguration(size: 30, classes: 43).fault
        == "'size' is 30, but 3 levels halve it each: it must be a multiple of 8")
    #expect(
      ClassifierConfiguration(size: 32, classes: 2, widths: [12]).fault
        == "'widths' is [12], but each must be a multiple of 'groups', 8")
    #expect(
      ClassifierConfiguration(size: 32, classes: 2, classNames: ["stop"]).fault
        == "there are names for 1 classes, but 2 classes")
  }
}

import Convolutions
package import Kernels
import TensorCore

extension Pass {
  /// Pictures as features.
  ///
  /// - Parameters:
  ///   - images: Shape (N, H, W, C), every size at least 1.
  ///   - block: Channels side by side, C or 16; nil for what is fastest on this machine.
  /// - Returns: The same values.
  package func features(_ images: Variable, block: Int? = nil) -> FeatureMap {
    precondition(images.shape.rank == 4, "pictures are (N, H, W, C), not \(images.shape)")
    let sizes = images.shape.sizes
    let layout = FeatureLayout(
      count: sizes[0], channels: sizes[3], height: sizes[1], width: sizes[2], block: block)
    if layout.block == layout.channels {
      return FeatureMap(reshape(images, to: FeatureMap.shape(layout)), layout)
    }
    let dense = FeatureLayout(
      count: sizes[0], channels: sizes[3], height: sizes[1], width: sizes[2], block: sizes[3])
    let value = reordered(images.value, from: dense, toBlock: layout.block)
    let variable = result(value.reshaped(FeatureMap.shape(layout)), of: [images]) {
      gradient, pass in
      let part = pass.reordered(gradient, from: layout, toBlock: layout.channels)
      images.accumulate(part.reshaped(images.shape), pass)
    }
    return FeatureMap(variable, layout)
  }

  /// Features as pictures, (N, H, W, C).
  package func pixels(_ map: FeatureMap) -> Variable {
    let layout = map.layout
    let shape: Shape = [layout.count, layout.height, layout.width, layout.channels]
    if layout.block == layout.channels { return reshape(map.variable, to: shape) }
    let value = reordered(map.variable.value, from: layout, toBlock: layout.channels)
    let dense = FeatureLayout(
      count: layout.count, channels: layout.channels, height: layout.height, width: layout.width,
      block: layout.channels)
    return result(value.reshaped(shape), of: [map.variable]) { gradient, pass in
      let part = pass.reordered(gradient, from: dense, toBlock: layout.block)
      map.variable.accumulate(part.reshaped(map.variable.shape), pass)
    }
  }

  /// a + b, of one layout.
  package func add(_ first: FeatureMap, _ second: FeatureMap) -> FeatureMap {
    precondition(first.layout == second.layout, "features that are added lie alike")
    return FeatureMap(add(first.variable, second.variable), first.layout)
  }

  /// A function of every element.
  package func activate(_ map: FeatureMap, _ activation: Activation) -> FeatureMap {
    FeatureMap(activate(map.variable, activation), map.layout)
  }

  /// s a.
  package func scale(_ map: FeatureMap, by factor: Float) -> FeatureMap {
    FeatureMap(scale(map.variable, by: factor), map.layout)
  }

  /// A copy in another layout; only a machine that runs out of memory can't make it.
  private func reordered(
    _ value: Tensor, from layout: FeatureLayout, toBlock block: Int
  ) -> Tensor {
    Tensor([layout.elementCount]) { target in
      value.withFloats { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        Self.mustSucceed {
          try FeatureReorder.plan(
            from: layout, toBlock: block, threads: workers.threadCount)(from, into: to)
        }
      }
    }
  }

  /// Runs what fails only when the machine is out of memory, where there is nothing to go back to.
  static func mustSucceed(_ body: () throws -> Void) {
    do { try body() } catch { preconditionFailure("\(error)") }
  }
}

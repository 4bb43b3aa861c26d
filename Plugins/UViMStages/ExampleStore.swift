import TensorCore
import UViM

/// Memory of examples: pictures of one size with what is known of their pixels, patch by patch.
// Each example is written by one thread, to places of its own, and none is read before all are written.
final class ExampleStore: @unchecked Sendable {
  let capacity: Int
  let side: Int
  private let configuration: UViMConfiguration
  private let stage: StageOneConfiguration
  /// sRGB, pixel by pixel, picture by picture.
  private let pixels: UnsafeMutableBufferPointer<UInt8>
  /// Values of pixels by label; negative where unknown.
  private let maps: [String: UnsafeMutableBufferPointer<Int16>]

  /// Makes room.
  init(capacity: Int, _ configuration: UViMConfiguration, _ stage: StageOneConfiguration) {
    self.capacity = capacity
    self.configuration = configuration
    self.stage = stage
    side = stage.inputSize
    let area = stage.inputSize * stage.inputSize
    pixels = .allocate(capacity: capacity * area * 3)
    pixels.initialize(repeating: 0)
    let names = configuration.task == .color ? [] : stage.labelNames
    maps = Dictionary(
      uniqueKeysWithValues: names.map { name in
        let map = UnsafeMutableBufferPointer<Int16>.allocate(capacity: capacity * area)
        map.initialize(repeating: 0)
        return (name, map)
      })
  }

  deinit {
    pixels.deallocate()
    for map in maps.values { map.deallocate() }
  }

  /// Takes in a picture of 0...1, (side, side, 3).
  func put(_ index: Int, image: UnsafeBufferPointer<Float>) {
    let start = index * image.count
    for place in image.indices {
      pixels[start + place] = UInt8(max(0, min(255, image[place] * 255 + 0.5)))
    }
  }

  /// Takes in depth in metres, (side, side).
  func put(_ index: Int, metres: [Float]) {
    let bins = configuration.depthBins
    put(index, "depth", metres.map { bins.bin(of: $0) })
  }

  /// Takes in category and number of the segment of each pixel, (side, side, 2).
  func put(_ index: Int, panoptic: UnsafeBufferPointer<Int32>) {
    let maps = configuration.panopticMaps(panoptic, stage)
    put(index, "semantics", maps.semantics)
    put(index, "instances", maps.instances)
  }

  private func put(_ index: Int, _ name: String, _ map: [Int32]) {
    guard let target = maps[name] else { return }
    let start = index * side * side
    LabelMaps.cut(map, batch: 1, width: side, size: stage.patchSize).withElements(Int32.self) {
      for (place, value) in $0.enumerated() {
        target[start + place] = Int16(truncatingIfNeeded: value)
      }
    }
  }

  /// Pictures of -1...1, (items, side, side, 3).
  func images(_ items: [Int]) -> Tensor {
    let size = side * side * 3
    return Tensor([items.count, side, side, 3]) { target in
      for (number, item) in items.enumerated() {
        for index in 0..<size {
          target[number * size + index] = Float(pixels[item * size + index]) / 127.5 - 1
        }
      }
    }
  }

  /// Values of pixels by label, i32 (items, tokens, pixels).
  func maps(_ items: [Int]) -> [String: Tensor] {
    let area = side * side
    return maps.mapValues { map in
      Tensor(
        [items.count, stage.tokens, stage.patchPixels], type: .i32, of: Int32.self
      ) { target in
        for (number, item) in items.enumerated() {
          for index in 0..<area {
            target[number * area + index] = Int32(map[item * area + index])
          }
        }
      }
    }
  }
}

import CKernels
import TensorCore

/// The pixels of planes in stretches that sums are formed of.
struct Stretches: Sendable {
  private let planes: Planes
  private let perPlane: Int

  init(_ planes: Planes) {
    self.planes = planes
    perPlane = (planes.pixels + Int(LATTICE_NORM_PIXELS) - 1) / Int(LATTICE_NORM_PIXELS)
  }

  /// Stretches in all.
  var count: Int { planes.count * perPlane }

  /// The plane of a stretch, where it starts in floats from the start of all planes, and its pixels.
  subscript(index: Int) -> (plane: Int, offset: Int, pixels: Int) {
    let (plane, part) = (index / perPlane, index % perPlane)
    let start = part * Int(LATTICE_NORM_PIXELS)
    return (
      plane, (plane * planes.pixels + start) * planes.block,
      min(Int(LATTICE_NORM_PIXELS), planes.pixels - start)
    )
  }

  /// The stretches of a plane.
  func indices(of plane: Int) -> Range<Int> { plane * perPlane..<(plane + 1) * perPlane }
}

/// Two sums for each channel of each plane, added up in an order that doesn't depend on threads.
struct StretchSums {
  /// A stretch of the values, the same of others, and the plane that the stretch is of.
  struct Source {
    let stretch: UnsafePointer<Float>?
    let other: UnsafePointer<Float>?
    let plane: UnsafePointer<Float>?
  }

  typealias Sum = UnsafeMutablePointer<Double>

  private let planes: Planes
  private let workers: any Workers
  private let body: @Sendable (Source, Int, Int64, Sum?, Sum?) -> Void

  /// Takes what sums a stretch up: it gets the stretch, its plane's number, its pixels, and where the sums go.
  init(
    _ planes: Planes, workers: any Workers,
    _ body: @escaping @Sendable (Source, Int, Int64, Sum?, Sum?) -> Void
  ) {
    self.planes = planes
    self.workers = workers
    self.body = body
  }

  /// The sums, one for each plane and channel.
  func of(_ value: Tensor, _ other: Tensor? = nil) -> (first: [Double], second: [Double]) {
    let (stretches, block) = (Stretches(planes), planes.block)
    let half = stretches.count * block
    var partial = [Double](repeating: 0, count: 2 * half)
    let size = planes.pixels * block
    partial.withUnsafeMutableBufferPointer { partial in
      let target = SendablePointer(partial.baseAddress)
      let sources = [value, other].map { tensor in
        SendableConstant(tensor?.withFloats { $0.baseAddress })
      }
      let body = body
      workers.forRanges(stretches.count) { range in
        for index in range {
          let stretch = stretches[index]
          let source = Source(
            stretch: sources[0].pointer.map { $0 + stretch.offset },
            other: sources[1].pointer.map { $0 + stretch.offset },
            plane: sources[0].pointer.map { $0 + stretch.plane * size })
          body(
            source, stretch.plane, Int64(stretch.pixels), target.pointer.map { $0 + index * block },
            target.pointer.map { $0 + half + index * block })
        }
      }
      withExtendedLifetime((value, other)) {}
    }
    var first = [Double](repeating: 0, count: planes.count * block)
    var second = first
    for plane in 0..<planes.count {
      for index in stretches.indices(of: plane) {
        for channel in 0..<block {
          first[plane * block + channel] += partial[index * block + channel]
          second[plane * block + channel] += partial[half + index * block + channel]
        }
      }
    }
    return (first, second)
  }
}

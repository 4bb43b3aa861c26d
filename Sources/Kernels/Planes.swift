/// A stack of grids of pixels, each with some channels side by side: (count, height, width, block), dense.
///
/// Pictures (n, h, w, c) are one; so are blocks of their channels, (n, c / block, h, w, block).
package struct Planes: Hashable, Sendable {
  package let count: Int
  package let height: Int
  package let width: Int
  package let block: Int

  /// Describes a stack.
  package init(count: Int, height: Int, width: Int, block: Int) {
    self.count = count
    self.height = height
    self.width = width
    self.block = block
  }

  /// Values in all.
  package var elementCount: Int { count * height * width * block }
  /// Pixels of one plane.
  package var pixels: Int { height * width }
}

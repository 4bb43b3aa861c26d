/// A small set of labelled pictures packed into one `.safetensors` file, made from nothing.
///
/// Source: https://github.com/huggingface/safetensors, "Format".
package enum SamplePictureSet {
  /// Pictures of soft gradients: `images` (pictures, side, side, 3) of u8, `labels` (pictures) of i64, 0 and 1 in turn.
  ///
  /// - Parameters:
  ///   - pictures: How many.
  ///   - side: Pixels across and down.
  /// - Returns: The bytes of the file.
  package static func bytes(pictures: Int, side: Int) -> [UInt8] {
    let size = pictures * side * side * 3
    let images = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3 * 5 + $0 % 3 * 40) }
    let labels = (0..<pictures).flatMap { [UInt8($0 % 2)] + [UInt8](repeating: 0, count: 7) }
    var header =
      #"{"labels":{"dtype":"I64","shape":[\#(pictures)],"data_offsets":[0,\#(labels.count)]},"#
      + #""images":{"dtype":"U8","shape":[\#(pictures),\#(side),\#(side),3],"#
      + #""data_offsets":[\#(labels.count),\#(labels.count + size)]}}"#
    // The tensors start at a multiple of 8.
    while !header.utf8.count.isMultiple(of: 8) { header += " " }
    let count = UInt64(header.utf8.count)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return length + Array(header.utf8) + labels + images
  }
}

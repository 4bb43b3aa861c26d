import DurableFiles
import SampleFiles

/// Labels beside the sample pictures, where stages that read them look: depth maps, and panoptic labels as COCO has them.
enum SampleLabels {
  /// Writes `STEM.depth.png`, `panoptic.json` and `panoptic/STEM.png`, a mask whose only segment is the bright square.
  ///
  /// - Parameters:
  ///   - stems: Of the pictures' names.
  ///   - width: Pixels across.
  ///   - height: Pixels down.
  ///   - folder: Of the pictures.
  /// - Throws: ``FileError``.
  static func write(
    _ stems: [String], width: Int, height: Int, in folder: String
  ) throws(FileError) {
    try Files.makeDirectory("\(folder)/panoptic")
    for (number, stem) in stems.enumerated() {
      try AtomicFile.write(
        SamplePNG.depth(width: width, height: height, shift: number),
        to: "\(folder)/\(stem).depth.png")
      try AtomicFile.write(
        SamplePNG.mask(width: width, height: height),
        to: "\(folder)/panoptic/\(stem).png")
    }
    // A segment's id is R + 256 G + 256² B of its pixels: (240, 220, 90).
    let segment = #"{"id":5954800,"category_id":1,"area":8,"iscrowd":0}"#
    let annotations = stems.enumerated().map { number, stem in
      #"{"image_id":\#(number),"file_name":"\#(stem).png","segments_info":[\#(segment)]}"#
    }
    let text =
      #"{"images":[],"annotations":[\#(annotations.joined(separator: ","))],"#
      + #""categories":[{"id":1,"name":"square","isthing":1}]}"#
    try AtomicFile.write(Array(text.utf8), to: "\(folder)/panoptic.json")
  }
}

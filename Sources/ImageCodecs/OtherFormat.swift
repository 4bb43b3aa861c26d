/// What a file is that is no picture that can be read, going by its first bytes.
package enum OtherFormat: Hashable, Sendable {
  /// A format of pictures, documents or archives, as "a GIF".
  case file(String)
  /// What Git LFS leaves in place of a file that wasn't fetched.
  case gitLFSPointer
  /// What macOS keeps beside a file on foreign disks.
  case appleDouble
  /// A web page, often an error's, in place of a download.
  case webPage
  /// A PNG whose line ends were changed on its way.
  case pngSentAsText
  /// Nothing but zeros where the format would show.
  case zeros

  /// Why it isn't read and what to do.
  package var sentence: String {
    switch self {
    case .file(let name):
      "this is \(name) file; Lattice reads PNG and JPEG, so convert it first"
    case .gitLFSPointer:
      "this is a pointer of Git LFS, not the picture itself; 'git lfs pull' fetches the pictures"
    case .appleDouble:
      "this is an AppleDouble file, which macOS keeps beside the picture itself; leave out names that start with '._'"
    case .webPage:
      "this is an HTML page, not a picture; was it downloaded from an address that asks to log in?"
    case .pngSentAsText:
      "this PNG was sent as text, which changed its line ends; copy it again as binary"
    case .zeros: "the file starts with zeros; was it copied whole?"
    }
  }

  /// Tells a format by the first bytes of a file; nil for one that isn't known.
  init?(of bytes: UnsafeRawBufferPointer) {
    if bytes.count >= 16, bytes.prefix(16).allSatisfy({ $0 == 0 }) {
      self = .zeros
    } else if let text = Self.text(bytes) {
      self = text
    } else if let brand = Self.brand(bytes) ?? Self.magic(bytes) {
      self = .file(brand)
    } else {
      return nil
    }
  }

  private static func has(
    _ bytes: UnsafeRawBufferPointer, _ text: String, at offset: Int = 0
  ) -> Bool {
    bytes.count >= offset + text.utf8.count
      && bytes[offset..<(offset + text.utf8.count)].elementsEqual(text.utf8)
  }

  /// Files of text that stand in place of pictures.
  private static func text(_ bytes: UnsafeRawBufferPointer) -> OtherFormat? {
    if has(bytes, "version https://git-lfs.github.com/spec/") { return .gitLFSPointer }
    if bytes.starts(with: [0x00, 0x05, 0x16, 0x07]) { return .appleDouble }
    // The first bytes of a PNG are there to show this.
    if has(bytes, "PNG\n", at: 1) || has(bytes, "PNG\r\r\n", at: 1)
      || has(bytes, "PNG\r\n\u{1A}\r", at: 1)
    {
      return .pngSentAsText
    }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let words = String(
      decoding: bytes[start...].prefix(512).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) },
      as: UTF8.self
    ).lowercased()
    if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") || words.hasPrefix("<head") {
      return .webPage
    }
    if words.hasPrefix("<svg") || words.hasPrefix("<?xml") || words.hasPrefix("<!doctype svg") {
      return .file("an SVG or XML")
    }
    return nil
  }

  /// The format of a file of ISO's boxes, by its major brand and those that it is compatible with.
  private static func brand(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard has(bytes, "ftyp", at: 4), bytes.count >= 12 else { return nil }
    let size = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let end = min(max(size, 12), bytes.count, 256)
    let places = [8] + stride(from: 16, to: max(16, end - 3), by: 4)
    let brands = places.map { String(decoding: bytes[$0..<($0 + 4)], as: UTF8.self) }
    for brand in brands {
      switch brand {
      case "avif", "avis": return "an AVIF"
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "msf1": return "a HEIC"
      case "jp2 ", "jpx ", "jpm ": return "a JPEG 2000"
      case "jxl ": return "a JPEG XL"
      case "crx ": return "a camera raw"
      default: continue
      }
    }
    return brands.contains("mif1") || brands.contains("miaf") ? "a HEIC" : "an MP4 or QuickTime"
  }

  private static func magic(_ bytes: UnsafeRawBufferPointer) -> String? {
    if has(bytes, "GIF8") { return "a GIF" }
    if has(bytes, "RIFF") && has(bytes, "WEBP", at: 8) { return "a WebP" }
    if has(bytes, "%PDF") { return "a PDF" }
    if has(bytes, "8BPS") { return "a Photoshop" }
    if has(bytes, "qoif") { return "a QOI" }
    if has(bytes, "DDS ") { return "a DDS" }
    if has(bytes, "#?RADIANCE") { return "a Radiance HDR" }
    if has(bytes, "NUMPY", at: 1) { return "a NumPy" }
    if has(bytes, "DICM", at: 128) { return "a DICOM" }
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), 0x31...0x37 ~= bytes[1],
      [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2])
    {
      return "a Netpbm (PPM, PGM or PBM)"
    }
    for (start, name) in Self.starts where bytes.starts(with: start) { return name }
    if has(bytes, "BM") { return "a BMP" }
    return nil
  }

  private static let starts: [([UInt8], String)] = [
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF"), ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF"),
    ([0x49, 0x49, 0x2B, 0x00], "a TIFF"), ([0x4D, 0x4D, 0x00, 0x2B], "a TIFF"),
    ([0x50, 0x4B, 0x03, 0x04], "a ZIP"), ([0x1F, 0x8B], "a gzip"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z"),
    ([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], "an RAR"),
    ([0xFF, 0x0A], "a JPEG XL"), ([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL"),
    ([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000"),
    ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000"),
    ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR"), ([0x00, 0x00, 0x01, 0x00], "an icon (ICO)"),
    ([0x8A, 0x4D, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "an MNG"),
    ([0x1A, 0x45, 0xDF, 0xA3], "a WebM or Matroska"),
  ]
}

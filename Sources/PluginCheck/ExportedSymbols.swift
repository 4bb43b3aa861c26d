import JobModel
import DurableFiles

/// Names that a shared library offers to others.
///
/// Source: System V ABI, "Sections" and "Symbol Table", the 64-bit little-endian form.
enum ExportedSymbols {
  /// The defined symbols of global or weak binding in `.dynsym`; none when the file is no such ELF file.
  static func of(_ path: String) throws(FileError) -> Set<String> {
    let bytes = try Files.read(path)
    guard bytes.count > 64, Array(bytes[0..<6]) == [0x7F, 0x45, 0x4C, 0x46, 2, 1] else { return [] }
    let file = Image(bytes: bytes)
    let (table, entry) = (file.word(40), file.half(58))
    let count = file.half(60)
    for index in 0..<count {
      let section = table + index * entry
      // SHT_DYNSYM
      guard file.int(section + 4) == 11 else { continue }
      let names = file.word(table + file.int(section + 40) * entry + 24)
      return symbols(file, at: file.word(section + 24), bytes: file.word(section + 32), names)
    }
    return []
  }

  private static func symbols(_ file: Image, at start: Int, bytes: Int, _ names: Int) -> Set<String>
  {
    var found: Set<String> = []
    for symbol in stride(from: start, to: start + bytes, by: 24) {
      let binding = file.byte(symbol + 4) >> 4
      let isDefined = file.half(symbol + 6) != 0
      // Hidden ones are 2, and only linked to from within.
      let isVisible = file.byte(symbol + 5) & 3 != 2
      guard isDefined, isVisible, binding == 1 || binding == 2 else { continue }
      let name = file.text(names + file.int(symbol))
      // Marks of the linker's own, at the ends of sections.
      if !["_init", "_fini", "_edata", "_end", "__bss_start"].contains(name) { found.insert(name) }
    }
    return found
  }

  /// Little-endian numbers of a file; 0 beyond its end.
  private struct Image {
    let bytes: [UInt8]

    func byte(_ offset: Int) -> UInt8 { bytes.indices.contains(offset) ? bytes[offset] : 0 }
    func half(_ offset: Int) -> Int { number(offset, 2) }
    func int(_ offset: Int) -> Int { number(offset, 4) }
    func word(_ offset: Int) -> Int { number(offset, 8) }

    func text(_ offset: Int) -> String {
      guard bytes.indices.contains(offset) else { return "" }
      return String(decoding: bytes[offset...].prefix { $0 != 0 }, as: UTF8.self)
    }

    private func number(_ offset: Int, _ size: Int) -> Int {
      let value = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(byte(offset + $1)) }
      // Offsets beyond what a file can have lead to its end.
      return Int(min(value, 1 << 40))
    }
  }
}

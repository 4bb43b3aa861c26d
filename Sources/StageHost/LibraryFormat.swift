import Glibc

/// What the first bytes of a file say of it.
///
/// The loader reports a library of another architecture as a missing file.
enum LibraryFormat {
  /// Why this machine can't load the file, as the end of "it is"; nil when nothing speaks against it.
  static func fault(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "no regular file"
    }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { return nil }
    return fault(in: Array(bytes.prefix(count)))
  }

  /// The same of the first 64 bytes of a file.
  static func fault(in bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty else { return "empty" }
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return foreign(bytes) }
    guard bytes.count >= 20 else { return "cut off after \(bytes.count) bytes" }
    let isLittle = bytes[5] == 1
    func half(_ place: Int) -> Int {
      Int(bytes[place + (isLittle ? 1 : 0)]) << 8 | Int(bytes[place + (isLittle ? 0 : 1)])
    }
    let machine = Machine(number: half(18), is64Bit: bytes[4] == 2, isLittleEndian: isLittle)
    guard machine == .this else {
      return
        "built for \(machine.name), and this machine is \(Machine.this.name). Build it here, or get it for this machine."
    }
    return half(16) == 1
      ? "an object file that was not linked. Link it with -shared." : nil
  }

  private static func foreign(_ bytes: [UInt8]) -> String {
    let machO: [[UInt8]] = [
      [0xCF, 0xFA, 0xED, 0xFE], [0xCE, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE],
    ]
    if machO.contains(where: bytes.starts) {
      return "a library for macOS, and this machine runs Linux. Build it here."
    }
    if bytes.starts(with: Array("MZ".utf8)) {
      return "a library for Windows, and this machine runs Linux. Build it here."
    }
    if bytes.starts(with: Array("version https://git-lfs".utf8)) {
      return "a pointer of Git LFS in place of the file. Run 'git lfs pull' where it came from."
    }
    if bytes.starts(with: Array("!<arch>\n".utf8)) {
      return "a static library. Link it as a shared one, with -shared."
    }
    return "no shared library (it doesn't begin as an ELF file does)"
  }
}

/// An architecture as an ELF header names it.
struct Machine: Hashable {
  let number: Int
  let is64Bit: Bool
  let isLittleEndian: Bool

  #if arch(x86_64)
    static let this = Machine(number: 62, is64Bit: true, isLittleEndian: true)
  #elseif arch(arm64)
    static let this = Machine(number: 183, is64Bit: true, isLittleEndian: true)
  #endif

  var name: String {
    let names = [
      3: "x86", 8: "MIPS", 20: "PowerPC", 21: "PowerPC", 22: "s390", 40: "ARM", 62: "x86-64",
      183: "ARM (aarch64)", 243: "RISC-V", 258: "LoongArch",
    ]
    let family = names[number] ?? "machine \(number)"
    return "\(is64Bit ? "64" : "32")-bit \(family)\(isLittleEndian ? "" : ", big-endian")"
  }
}

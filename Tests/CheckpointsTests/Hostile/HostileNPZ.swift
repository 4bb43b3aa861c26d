import Checkpoints

/// `.npz` files that lie.
enum HostileNPZ {
  private static let wrong = "'x' is no sound .npz file: "
  private static let small = ZipDraft.Member("a.npy", zeros(2))
  private static let second = ZipDraft.Member("b.npy", zeros(2))

  static let cases: [HostileCase] = ends + entries + sizes + contents

  private static let ends = [
    HostileCase(
      "end cut off",
      wrong
        + "the record that ends every zip archive is missing; the file was probably cut short, copy it again"
    ) { ZipDraft(small).bytes.dropLast(5).map(\.self) },
    HostileCase(
      "only its first bytes",
      wrong
        + "the record that ends every zip archive is missing; the file was probably cut short, copy it again"
    ) { Array("PK\u{3}\u{4}".utf8) },
    HostileCase(
      "more members than there are", wrong + "its directory has 1 members, the end record claims 9"
    ) {
      ZipDraft(small).with { $0.memberCount = 9 }.bytes
    },
    HostileCase(
      "fewer members than there are", wrong + "its directory has 2 members, the end record claims 1"
    ) {
      ZipDraft(small, second).with { $0.memberCount = 1 }.bytes
    },
    HostileCase(
      "members without end", limits: HostileSafetensors.few,
      wrong + "it claims 18446744073709551614 members, more than the limit of 10"
    ) {
      ZipDraft(small).with {
        $0.memberCount = 0xFFFF
        $0.beforeEnd = { directory in
          ZipDraft.zip64End(
            count: .max - 1, size: UInt64(directory.size), start: UInt64(directory.start),
            at: directory.start + directory.size)
        }
      }.bytes
    },
    HostileCase(
      "end records that differ",
      wrong + "its two end records, of zip and of zip64, tell different things"
    ) {
      ZipDraft(small).with {
        $0.beforeEnd = { directory in
          ZipDraft.zip64End(
            count: 7, size: UInt64(directory.size), start: UInt64(directory.start),
            at: directory.start + directory.size)
        }
      }.bytes
    },
    HostileCase(
      "directory outside the file",
      wrong
        + "its directory of 51 bytes at byte 4294967280 doesn't end at byte 161, where the end record starts"
    ) { ZipDraft(small).with { $0.directoryStart = 0xFFFF_FFF0 }.bytes },
    HostileCase(
      "directory of 4 GiB",
      wrong
        + "its directory of 4294967280 bytes at byte 110 doesn't end at byte 161, where the end record starts"
    ) { ZipDraft(small).with { $0.directorySize = 0xFFFF_FFF0 }.bytes },
    HostileCase(
      "one of several disks",
      wrong + "it is one part of an archive in several parts; join them first"
    ) {
      ZipDraft(small).with { $0.disk = 1 }.bytes
    },
  ]

  private static let entries = [
    HostileCase(
      "entry that is none",
      wrong + "entry 1 of its directory, at byte 110, is cut short or isn't one"
    ) {
      var bytes = ZipDraft(small).bytes
      bytes[110] = 0
      return bytes
    },
    HostileCase("encrypted", wrong + "member 'a.npy' is encrypted; save it without a password") {
      ZipDraft(small.with { $0.flags = 1 }).bytes
    },
    HostileCase(
      "compressed by bzip2",
      wrong
        + "member 'a.npy' is compressed by method 12, only 0 (stored) and 8 (deflate) are read; save it with numpy.savez or numpy.savez_compressed"
    ) { ZipDraft(small.with { $0.method = 12 }).bytes },
    HostileCase("a name twice", wrong + "it has two members 'a.npy'") {
      ZipDraft(small, small).bytes
    },
    HostileCase(
      "name that is no text", wrong + "the name in entry 1 of its directory is not UTF-8 text"
    ) {
      ZipDraft(small.with { $0.name = [0xFF, 0xFE] }).bytes
    },
    HostileCase(
      "name of 5000 bytes",
      wrong + "the name in entry 1 of its directory has 5000 bytes, more than the limit of 4096"
    ) { ZipDraft(small.with { $0.name = [UInt8](repeating: 0x61, count: 5000) }).bytes },
    HostileCase(
      "local header of another name",
      wrong + "there is no header of member 'a.npy' at byte 0, where the directory says it is"
    ) { ZipDraft(small.with { $0.localName = Array("z.npy".utf8) }).bytes },
    HostileCase(
      "local header outside the file",
      wrong
        + "there is no header of member 'a.npy' at byte 4000000000, where the directory says it is"
    ) { ZipDraft(small.with { $0.headerPlace = 4_000_000_000 }).bytes },
    HostileCase(
      "wide sizes that are missing",
      wrong + "the zip64 sizes of member 'a.npy' are missing or cut short"
    ) {
      ZipDraft(small.with { $0.size = .max }).bytes
    },
    HostileCase(
      "extra field cut short", wrong + "the zip64 sizes of member 'a.npy' are missing or cut short"
    ) {
      ZipDraft(small.with { $0.extra = [1, 0, 200, 0, 1] }).bytes
    },
    HostileCase("members that share bytes", wrong + "members 'b.npy' and 'a.npy' share bytes") {
      // The first claims the second, header and all.
      let inner = second
      let first = small.with {
        $0.compressedSize += 104
        $0.size += 104
      }
      return ZipDraft(
        first.with { $0.name = Array("b.npy".utf8) }, inner.with { $0.name = Array("a.npy".utf8) }
      ).bytes
    },
    HostileCase(
      "member that is no array",
      wrong + "member 'readme.txt' is no .npy array"
    ) { ZipDraft(ZipDraft.Member("readme.txt", Array("hello".utf8))).bytes },
    HostileCase(
      "a file of PyTorch",
      wrong
        + "member 'archive/data.pkl' is no .npy array; PyTorch saves such files, and they can run any program: save the tensors as .safetensors"
    ) { ZipDraft(ZipDraft.Member("archive/data.pkl", [0x80, 2])).bytes },
  ]

  private static let sizes = [
    HostileCase(
      "member past the directory",
      wrong
        + "member 'a.npy', 4000 bytes from byte 35, doesn't end before byte 110, where the directory starts"
    ) {
      ZipDraft(
        small.with {
          $0.compressedSize = 4000
          $0.size = 4000
        }
      ).bytes
    },
    HostileCase(
      "member of 16 EiB",
      wrong
        + "member 'a.npy', 18446744073709551615 bytes from byte 35, doesn't end before byte 110, where the directory starts"
    ) {
      ZipDraft(
        small.with {
          $0.compressedSize = .max
          $0.size = .max
          $0.extra =
            .little(1 as UInt16) + .little(16 as UInt16) + .little(UInt64.max) + .little(UInt64.max)
        }
      ).bytes
    },
    HostileCase(
      "stored in fewer bytes than it has",
      wrong + "member 'a.npy' is stored, but in 75 bytes when it has 4000"
    ) {
      ZipDraft(small.with { $0.size = 4000 }).bytes
    },
    HostileCase(
      "more than deflate can make",
      wrong + "member 'a.npy' claims to inflate from 67 bytes to 4000000000, which deflate can't do"
    ) {
      ZipDraft(ZipDraft.Member("a.npy", deflating: zeros(2)).with { $0.size = 4_000_000_000 }).bytes
    },
    HostileCase(
      "a bomb that says so", limits: stingy,
      wrong + "its members claim to inflate to 131214 bytes in all, more than the limit of 100000"
    ) {
      ZipDraft(
        ZipDraft.Member("a.npy", deflating: zeros(1 << 14)),
        ZipDraft.Member("b.npy", deflating: zeros(1 << 14))
      ).bytes
    },
    HostileCase(
      "a bomb that doesn't", wrong + "member 'a.npy' inflates to more bytes, the directory says 75"
    ) {
      // The header promises two numbers, the data are a million.
      let bomb = zeros(2) + [UInt8](repeating: 0, count: 4 << 20)
      return ZipDraft(ZipDraft.Member("a.npy", deflating: bomb).with { $0.size = 75 }).bytes
    },
    HostileCase(
      "less than it says", wrong + "member 'a.npy' inflates to 71 bytes, the directory says 75"
    ) {
      ZipDraft(
        ZipDraft.Member("a.npy", deflating: Array(zeros(2).dropLast(4))).with { $0.size = 75 }
      ).bytes
    },
    HostileCase(
      "array larger than its member",
      wrong + "the array in member 'a.npy' needs 4070 bytes with its header, the member has 70"
    ) {
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000,), }"
      return ZipDraft(ZipDraft.Member("a.npy", Array((npy(header)).prefix(70)))).bytes
    },
    HostileCase(
      "array smaller than its member",
      wrong + "the array in member 'a.npy' needs 75 bytes with its header, the member has 76"
    ) { ZipDraft(ZipDraft.Member("a.npy", zeros(2) + [0])).bytes },
    HostileCase(
      "array of 64 PiB",
      wrong
        + "the array in member 'a.npy' needs 72057594037928019 bytes with its header, the member has 83"
    ) {
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (18014398509481984,), }"
      return ZipDraft(ZipDraft.Member("a.npy", npy(header))).bytes
    },
  ]

  private static let contents = [
    HostileCase(
      "wrong checksum",
      wrong
        + "the bytes of member 'a.npy' have the CRC-32 5d06eba2, the directory says 00000007; the file was damaged, copy it again"
    ) { ZipDraft(small.with { $0.checksum = 7 }).bytes },
    HostileCase(
      "wrong checksum of deflated bytes",
      wrong
        + "the bytes of member 'a.npy' have the CRC-32 5d06eba2, the directory says 00000007; the file was damaged, copy it again"
    ) { ZipDraft(ZipDraft.Member("a.npy", deflating: zeros(2)).with { $0.checksum = 7 }).bytes },
    HostileCase("no deflate data", wrong + "member 'a.npy' can't be inflated: invalid block type") {
      ZipDraft(
        small.with {
          $0.method = 8
          $0.bytes = [0xFF] + $0.bytes.dropFirst()
        }
      ).bytes
    },
    HostileCase(
      "deflate data cut short", wrong + "member 'a.npy' can't be inflated: it is cut short"
    ) {
      let whole = ZipDraft.Member("a.npy", deflating: zeros(2))
      return ZipDraft(
        whole.with {
          $0.bytes = Array($0.bytes.dropLast(8))
          $0.compressedSize = UInt32($0.bytes.count)
        }
      ).bytes
    },
    HostileCase(
      "bytes after the deflate data",
      wrong + "member 'a.npy' can't be inflated: more bytes follow its end"
    ) {
      ZipDraft(
        ZipDraft.Member("a.npy", deflating: zeros(2)).with {
          $0.bytes += [1, 2, 3]
          $0.compressedSize += 3
        }
      ).bytes
    },
    HostileCase(
      "no array in the member", "'x/a.npy' is no sound .npy file: it doesn't start as one"
    ) {
      ZipDraft(ZipDraft.Member("a.npy", Array("hello, this is text".utf8))).bytes
    },
    HostileCase("nothing in the member", "'x/a.npy' is no sound .npy file: it doesn't start as one")
    {
      ZipDraft(ZipDraft.Member("a.npy", [])).bytes
    },
    HostileCase(
      "header in the member that is cut short",
      "'x/a.npy' ends early: its header promises 67 bytes, the file has 30"
    ) { ZipDraft(ZipDraft.Member("a.npy", Array(zeros(2).prefix(30)))).bytes },
    HostileCase(
      "header in the member of 4 GiB",
      "'x/a.npy' is no sound .npy file: its header claims 4294967295 bytes"
    ) {
      ZipDraft(
        ZipDraft.Member("a.npy", [0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])
      ).bytes
    },
    HostileCase(
      "pickled objects",
      "'x' holds the tensor 'a' with elements of type '|O', Python objects, which Lattice doesn't read; save it as one of bool, u8, i8, u16, i16, u32, i32, u64, i64, f16, bf16, f32, f64"
    ) {
      ZipDraft(
        ZipDraft.Member("a.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (), }"))
      ).bytes
    },
  ]

  private static var stingy: CheckpointLimits {
    var limits = CheckpointLimits()
    limits.inflatedBytes = 100_000
    return limits
  }
}

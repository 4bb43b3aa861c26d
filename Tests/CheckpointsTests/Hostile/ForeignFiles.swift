/// Files of other formats.
enum ForeignFiles {
  static let cases = [
    HostileCase("nothing", "'x' is empty") { [] },
    HostileCase("text", unknown) { Array("hello, this is text".utf8) },
    HostileCase("one byte", unknown) { [7] },
    HostileCase("a JSON array for a header", unknown) { safetensors("[]") },
    HostileCase(
      "pickle",
      "'x' is a Python pickle: a pickle can run any program, so it is not opened; save the tensors as .safetensors"
    ) { [0x80, 4, 0x95] + [UInt8](repeating: 0, count: 20) },
    HostileCase("HDF5", "'x' is HDF5: save the tensors as .safetensors") {
      [0x89] + Array("HDF\r\n\u{1A}\n".utf8)
    },
    HostileCase("gzip", "'x' is gzip: unpack it first") { [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0] },
    HostileCase("GGUF", "'x' is GGUF: save the tensors as .safetensors") {
      Array("GGUF\u{3}\0\0\0".utf8)
    },
    HostileCase("tar", "'x' is a tar archive: unpack it first") {
      [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8) + [UInt8](repeating: 0, count: 250)
    },
  ]

  private static let unknown =
    "'x' is no checkpoint of a known format (.safetensors, .npz, .npy, flax msgpack), going by its first bytes"
}

/// What reads bytes that anybody may have made.
///
/// A try may be refused with an error; it must not crash, hang or take much memory, which libFuzzer watches.
enum FrontEnd: String, CaseIterable {
  case safetensors, npz, msgpack, yaml, pictures, json

  func read(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .safetensors, .npz, .msgpack: CheckpointTry.read(bytes)
    case .yaml: SpecTry.read(bytes)
    case .pictures: PictureTry.read(bytes)
    case .json: JSONTry.read(bytes)
    }
  }
}

import Glibc

/// Of this process; libFuzzer's calls take no argument of ours, and come from one thread.
nonisolated(unsafe) private var frontEnd = FrontEnd.safetensors

/// `lattice-fuzz CORPUS… [-libfuzzer-options]`: what libFuzzer's `main` calls first.
///
/// The environment says which front end is tried. Built with `--sanitize fuzzer`, which makes the compiler note the
/// branches that each try takes, and links that `main`; see `pipelines/tools/fuzz`.
@c(LLVMFuzzerInitialize)
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?)
  -> CInt
{
  guard let name = getenv("LATTICE_FUZZ_FRONT_END").map({ String(cString: $0) }),
    let chosen = FrontEnd(rawValue: name)
  else {
    let names = FrontEnd.allCases.map(\.rawValue).joined(separator: ", ")
    print("set LATTICE_FUZZ_FRONT_END to one of \(names)")
    exit(64)
  }
  frontEnd = chosen
  return 0
}

/// One try.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafeRawPointer?, _ size: Int) -> CInt {
  frontEnd.read(UnsafeRawBufferPointer(start: data, count: size))
  return 0
}

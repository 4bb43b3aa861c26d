internal import CKernels
internal import COneDNN

/// What this machine's processor offers convolutions; `LATTICE_ISA` and `DNNL_MAX_CPU_ISA` lower it.
package enum ConvolutionMachine {
  /// Whether channels in blocks of 16 pay, and Winograd's method is there.
  package static let hasAVX512 = has(dnnl_cpu_isa_avx512_core)
  /// Whether products of bf16 have instructions of their own.
  package static let hasBF16 = has(dnnl_cpu_isa_avx512_core_bf16)

  /// Hands the limit of `LATTICE_ISA` to oneDNN, which takes it before its first use only.
  static let limit: Void = {
    guard lattice_isa_is_limited() else { return }
    let most =
      switch lattice_isa() {
      case LATTICE_ISA_PLAIN: dnnl_cpu_isa_sse41
      case LATTICE_ISA_AVX2: dnnl_cpu_isa_avx2
      case LATTICE_ISA_AVX512: dnnl_cpu_isa_avx512_core
      default: dnnl_cpu_isa_avx512_core_bf16
      }
    dnnl_set_max_cpu_isa(most)
  }()

  private static func has(_ wanted: dnnl_cpu_isa_t) -> Bool {
    limit
    return dnnl_get_effective_cpu_isa().rawValue & wanted.rawValue == wanted.rawValue
  }
}
